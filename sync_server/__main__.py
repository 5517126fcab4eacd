"""`python -m sync_server` starts the server."""

import gc

if __name__ == "__main__":
    # Imports make no garbage, and looking for it takes an eighth of the start. `run` enables it again.
    gc.disable()
    from sync_server.server import main

    raise SystemExit(main())
