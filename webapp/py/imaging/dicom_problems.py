"""Why a DICOM file cannot be read, as a reason for the person."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from webapp.py.imaging import texts
from webapp.py.imaging.sources import ImageProblem


@contextmanager
def reasons() -> Iterator[None]:
    """Turn whatever exception a damaged file causes into a reason for the person.

    Raises
    ------
    ImageProblem
        In place of any other exception.

    Examples
    --------
    >>> try:
    ...     with reasons(): raise KeyError("Rows")
    ... except ImageProblem as problem: problem.code
    'damaged'
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ImageProblem:
        raise
    except MemoryError as error:
        raise ImageProblem("too_large", texts.NO_MEMORY) from error
    except Exception as error:
        raise ImageProblem("damaged", texts.dicom_damaged(error)) from error
