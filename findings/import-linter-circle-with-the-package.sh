#!/bin/sh
# import-linter's acyclic_siblings accepts an import cycle between a package and its own module.
#
# Versions: import-linter 2.16 (run on 2026-11-29)
# You would expect: A contract that forbids cycles below a package fails for a cycle that Python itself can't
#   import.
# What happens: Only siblings are compared. An import from a module to the __init__ of its own package goes
#   up, not across, so it's never part of a cycle. Imports between siblings count, even inside functions and
#   under TYPE_CHECKING.
# Output:
#   package <-> its module: contract kept, Python says ImportError
#   sibling <-> sibling (in a function, under TYPE_CHECKING): contract broken, Python imports both
# What to do: Keep __init__ files free of imports from their own modules, or add a 'forbidden' contract from
#   the modules to the package.
set -eu
sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
cd "$work"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "import-linter==2.16"
cat > .importlinter <<'EOF'
[importlinter]
root_package = house

[importlinter:contract:circles]
name = No circles
type = acyclic_siblings
ancestors = house
EOF
mkdir house
export PYTHONPATH="$work"

printf 'from house.room import SIZE\nCOLOR = "white"\n' > house/__init__.py
printf 'from house import COLOR\nSIZE = len(COLOR)\n' > house/room.py
: > house/door.py
"$work/venv/bin/lint-imports" --no-cache --no-logo > kept.txt
grep -q "1 kept, 0 broken" kept.txt
if "$work/venv/bin/python" -c "import house" 2> error.txt; then exit 1; fi
grep -q "ImportError: cannot import name" error.txt
echo "package <-> its module: contract kept, Python says ImportError"

: > house/__init__.py
printf 'def open():\n    from house.door import KEY\n    return KEY\n' > house/room.py
printf 'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.room import open\nKEY = 1\n' > house/door.py
if "$work/venv/bin/lint-imports" --no-cache --no-logo > broken.txt; then exit 1; fi
grep -q "0 kept, 1 broken" broken.txt
"$work/venv/bin/python" -c "import house.door, house.room; assert house.room.open() == 1"
echo "sibling <-> sibling (in a function, under TYPE_CHECKING): contract broken, Python imports both"
