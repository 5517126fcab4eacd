"""``python -m datasets_server --root DIR`` starts the server."""

import gc

if __name__ == "__main__":
    # Imports make no garbage, and looking for it takes an eighth of the start. `serve` enables it again.
    gc.disable()
    from datasets_server.server import main

    main()
