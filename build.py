#!/usr/bin/env python3
"""The one command for everything: ``build.py run`` starts Limner, ``build.py test`` tests it.

Needs only CPython 3.11 or later. Everything else is installed in ``.venv`` from lock files with hashes, and
the command then runs inside that environment (``python -m builder``).
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "Limner needs Python 3.11 or later, and this is {}.{}. Run build.py with a newer version, "
        "for example: python3.12 build.py run".format(*sys.version_info)
    )

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from builder.bootstrap import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
