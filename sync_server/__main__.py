"""`python -m sync_server` starts the server."""

from sync_server.server import main

if __name__ == "__main__":
    raise SystemExit(main())
