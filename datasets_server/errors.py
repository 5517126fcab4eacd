"""Requests that are turned down, each with a status and a plain sentence."""

from __future__ import annotations

import errno


class Refused(Exception):
    """A request that gets a 4xx or 5xx answer.

    Parameters
    ----------
    status : int
        HTTP status of the answer.
    reason : str
        One or two plain sentences: what happened and what to do. Sent to the client.
    headers : list of (bytes, bytes)
        Extra response headers, for example ``Allow``.
    """

    def __init__(self, status: int, reason: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers or []


MISSING = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)


def refusal_of(error: OSError) -> Refused:
    """Turn a file system error into the answer that the client gets.

    Examples
    --------
    >>> refusal_of(FileNotFoundError(errno.ENOENT, "gone")).status
    404
    """
    if error.errno in MISSING:
        return Refused(404, "There is no such file in the served folder. Check the spelling and the case.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return Refused(403, "The datasets server may not read this. Give its user read permission.")
    return Refused(503, "The disk did not answer. Check that the folder is still mounted, then try again.")
