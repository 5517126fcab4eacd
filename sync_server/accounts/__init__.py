"""Accounts, their sessions and API keys, and the members of projects.

Functions take the transaction that they run in. The command line is `python -m sync_server.accounts`.
"""

from __future__ import annotations

from sync_server.accounts.directory import (
    Email,
    change_account,
    change_password,
    create_account,
    find_person,
    get_account,
    reset_password,
)
from sync_server.accounts.members import find_member, remove_member
from sync_server.accounts.sign_in import (
    create_key,
    end_session,
    key_is_valid,
    key_owner,
    list_keys,
    new_session,
    revoke_key,
    session_is_valid,
    session_owner,
    start_session,
)

__all__ = [
    "Email",
    "change_account",
    "change_password",
    "create_account",
    "create_key",
    "end_session",
    "find_member",
    "find_person",
    "get_account",
    "key_is_valid",
    "key_owner",
    "list_keys",
    "new_session",
    "remove_member",
    "reset_password",
    "revoke_key",
    "session_is_valid",
    "session_owner",
    "start_session",
]
