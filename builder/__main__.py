"""``python -m builder``: run one command of build.py inside the environment."""

import sys

from builder.cli import main

sys.exit(main(sys.argv[1:]))
