"""`python -m sync_server.accounts` manages accounts."""

from sync_server.accounts.commands import main

if __name__ == "__main__":
    raise SystemExit(main())
