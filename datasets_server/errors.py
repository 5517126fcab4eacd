"""Error answers: a status and a sentence."""

from __future__ import annotations

import errno

from datasets_server import texts


class HttpError(Exception):
    """A request that gets a 4xx or 5xx answer.

    Parameters
    ----------
    status : int
        HTTP status of the answer.
    reason : str
        What happened and what to do. Sent to the client.
    headers : list of (bytes, bytes)
        Extra response headers, for example ``Allow``.
    """

    def __init__(self, status: int, reason: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers or []


MISSING = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)


def http_error_of(error: OSError) -> HttpError:
    """Turn a file system error into an error answer.

    Examples
    --------
    >>> http_error_of(FileNotFoundError(errno.ENOENT, "gone")).status
    404
    """
    if error.errno in MISSING:
        return HttpError(404, texts.NOT_FOUND)
    if error.errno in (errno.EACCES, errno.EPERM):
        return HttpError(403, texts.NO_PERMISSION)
    return HttpError(503, texts.DISK_FAILED)
