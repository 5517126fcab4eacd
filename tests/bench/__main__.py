"""Measures Limner: ``python3 build.py bench [--quick] [--json FILE] [NAME …]``."""

from __future__ import annotations

import argparse
import subprocess
import sys
from functools import partial
from pathlib import Path

from builder.chromium import chromium
from tests.bench import drawing, growth, opening, saving, series, superpixels, visits
from tests.bench.figures import as_json, as_table, machine
from tests.bench.registry import BENCHMARKS, Effort, chosen, run

PARTS = (visits, series, drawing, superpixels, growth, opening, saving)
"""Imported for what they put on the list of benchmarks."""


def main(given: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="build.py bench", description="Measure and print the benchmarks.")
    names = "; ".join(f"{one.name}: {one.title.lower()}" for one in BENCHMARKS.values())
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these ({names})")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures to a file, too")
    parser.add_argument("--quick", action="store_true", help="few repetitions: rough figures soon")
    options = parser.parse_args(given)
    try:
        benchmarks = chosen(options.names)
    except LookupError as error:
        parser.error(str(error))
    version = subprocess.run([chromium(), "--version", "--no-sandbox"], capture_output=True, text=True)
    facts = machine(version.stdout.strip())
    figures, failures = run(benchmarks, Effort(options.quick), partial(print, file=sys.stderr, flush=True))
    print(as_table(facts, figures, failures))
    if options.json:
        options.json.write_text(as_json(facts, figures, failures) + "\n", encoding="utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
