"""The commands of ``build.py``."""

from __future__ import annotations

import argparse
import shutil
import sys

from builder.console import Failure, say
from builder.paths import DIST, ROOT, VENV, cache_home


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code."""
    passed_on = arguments[1:] if arguments[:1] in (["test"], ["bench"]) and "--help" not in arguments else []
    options = _parser().parse_args(arguments[: len(arguments) - len(passed_on)])
    options.passed_on = passed_on
    if not options.command:
        _parser().print_help()
        return 2
    try:
        return int(options.action(options))
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to continue.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="build.py", description="Build, run and test Limner.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name: str, action: object, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(action=action)
        return command

    run = add("run", _run, "build what is missing, then start both servers")
    run.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine only)"
    )
    run.add_argument("--port", type=int, default=8090, help="port of the sync server (default: 8090)")
    run.add_argument(
        "--datasets-port", type=int, default=8000, help="port of the datasets server (default: 8000)"
    )
    add("test", _test, "run all checks and tests, or pass arguments to pytest")
    add("build", _build, "build the static site in dist/")
    add("check", _check, "check lint, types and import contracts")
    add("bench", _bench, "run the benchmarks, or the ones you name")
    findings = add("findings", _findings, "run the scripts in findings/, or the ones you name")
    findings.add_argument("names", nargs="*", metavar="NAME", help="finding to run (default: all)")
    findings.add_argument("--list", action="store_true", dest="listing", help="only print their titles")
    clean = add("clean", _clean, "delete dist/ and .venv")
    clean.add_argument("--cache", action="store_true", help="also delete the cache of downloads and builds")
    lock = add("lock", _lock, "pin the Python packages, and look for new upstream wheels for Pyodide")
    lock.add_argument("--wheels", action="store_true", help="only look for the wheels, change nothing")
    return parser


def _run(options: argparse.Namespace) -> int:
    from builder.serve import run

    return run(options.host, options.port, options.datasets_port)


def _build(options: argparse.Namespace) -> int:
    from builder.site import build_site

    build_site()
    return 0


def _test(options: argparse.Namespace) -> int:
    from builder.testing import run_tests

    return run_tests(options.passed_on)


def _check(options: argparse.Namespace) -> int:
    from builder.testing import run_checks

    return run_checks()


def _bench(options: argparse.Namespace) -> int:
    from builder.testing import run_bench

    return run_bench(options.passed_on)


def _findings(options: argparse.Namespace) -> int:
    from builder import findings

    return findings.run_findings(options.names, findings.FINDINGS, options.listing)


def _lock(options: argparse.Namespace) -> int:
    from builder.locks import write_locks
    from builder.upstream import report

    if not options.wheels:
        write_locks()
    for line in report():
        say(line)
    return 0


def _clean(options: argparse.Namespace) -> int:
    targets = [DIST, VENV]
    if options.cache:
        targets.append(cache_home())
    for target in targets:
        if target.exists():
            shutil.rmtree(target)
            say(f"removed {target.relative_to(ROOT) if target.is_relative_to(ROOT) else target}")
    return 0
