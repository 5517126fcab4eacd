#!/usr/bin/env python3
"""Limner's one entry for people: ``python3 build.py run`` starts it, ``python3 build.py test`` proves it.

Needs nothing but CPython 3.11 or later. Everything else is made in ``.venv`` from hashed lock files; the
command itself then runs inside that environment (``python -m builder``).
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "Limner needs Python 3.11 or later; this is {}.{}. Start build.py with a newer one, "
        "for example: python3.12 build.py run".format(*sys.version_info)
    )

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from builder.bootstrap import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
