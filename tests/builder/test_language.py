"""Docs and texts are plain American English, with one word for each thing (docs/glossary.md)."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.paths import ROOT

BANNED = {
    r"anew": "again",
    r"whoever": "anyone who, or 'you'",
    r"mend(?:s|ed|ing)?": "fix, repair",
    r"at hand": "current, open",
    r"(?:is|are|was|were|be|been) told": "gets a message, learns, shows",
    r"goes without": "has no",
    r"else than": "other than",
    r"put aside": "unreadable, kept",
    r"lies? (?:in|on|at|over|under|within|beside|behind|below|above|between|outside|inside|there)": "is in",
    r"stands? (?:in|on|at|over|above|below|beside|behind|between|there)": "is in",
    r"for (?=(?:it|they|he|she|we|there|nobody|nothing|otherwise)\b)(?<=, for )": "because",
}
"""Whole words, as regular expressions, and what to write instead. 'stands for' stays allowed."""

BRITISH = {
    r"colour\w*": "color",
    r"grey(?:s|ed|ing|er|ish|scale)?": "gray",
    r"cent(?:re|res|red|ring)": "center",
    r"(?:re|un|mis)?labell(?:ed|ing|er|ers)": "labeled",
    r"(?:behavi|neighb|fav|hon|tum|vap)our\w*": "-or",
    r"(?:centi|milli|kilo|micro)?metres?": "meter",
    r"fibre\w*": "fiber",
    r"catalogue\w*": "catalog",
    r"dialogues?": "dialog",
    r"licence\w*": "license",
    r"artefact\w*": "artifact",
    r"judgement\w*": "judgment",
    r"(?:cancel|model|travel|signal|total|level)l(?:ed|ing)": "one l",
    r"analys(?:e|ed|ing)": "analyze",
    r"(?:organ|recogn|normal|serial|synchron|visual|raster|digit|summar|minim|maxim|custom|author|priorit|initial"
    r"|optim|standard|penal|emphas|categor|final)is(?:e|ed|es|er|ers|ing|ation|ations)": "-ize",
    r"whilst|amongst|learnt|spelt": "while, among, learned, spelled",
}

PAPERS = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "findings/README.md")
PROGRAMS = ("webapp", "sync_server", "datasets_server", "serving", "builder", "limner")
GLOSSARY = ROOT / "docs" / "glossary.md"

STORED = {"organisation", "cancelled"}
"""Values in databases and messages, which keep their spelling: other versions read them."""


def files() -> list[Path]:
    """Return every file that holds text for people."""
    found = [ROOT / name for name in PAPERS]
    found += sorted((ROOT / "docs").rglob("*.md"))
    for name in PROGRAMS:
        found += sorted(path for path in (ROOT / name).rglob("*.py") if "node_modules" not in path.parts)
    found += [ROOT / "build.py", *sorted((ROOT / "webapp").glob("*.js")), ROOT / "webapp" / "index.html"]
    return [path for path in found if path.is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def texts(path: Path) -> Iterator[str]:
    """Yield what people read in a file: prose without code, or the sentences among a program's strings."""
    content = path.read_text()
    if path.suffix == ".md":
        yield re.sub(r"```.*?```|`[^`\n]*`|\]\([^)]*\)", " ", content, flags=re.S)
    elif path.suffix == ".html":
        yield re.sub(r"<!--.*?-->|<(style|script)\b.*?</\1>|<[^>]*>", " ", content, flags=re.S)
    elif path.suffix == ".js":
        code = re.sub(r"^\s*//.*$|\s//\s.*$", "", content, flags=re.M)
        yield from (
            match[2]
            for match in re.finditer(r"([\"`])((?:\\.|(?!\1)[^\\\n])* (?:\\.|(?!\1)[^\\\n])*)\1", code)
        )
    else:
        yield from strings(ast.parse(content))


def strings(tree: ast.Module) -> Iterator[str]:
    """Yield the strings that are words, without docstrings."""
    nodes = list(ast.walk(tree))
    silent = {node.value for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        text = node.value if isinstance(node, ast.Constant) and node not in silent else None
        if isinstance(text, str) and re.search(r"[A-Za-z,.] [A-Za-z]|^ ?[a-z]+ ?$", text):
            yield text


def pattern(words: Iterator[str] | list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


@functools.cache
def rules() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns of all unwanted words, and of those that the glossary replaces."""
    replaced = [rf"{re.escape(word)}s?" for row in glossary() for word in row.not_used]
    return pattern([*BANNED, *BRITISH]), pattern(replaced)


def findings(path: Path) -> list[str]:
    """Return the unwanted words of a file, each with a little of its sentence."""
    unwanted, replaced = rules()
    stored = re.compile(rf"^(?:{'|'.join(STORED)})$|'(?:{'|'.join(STORED)})'")
    found = []
    for text in texts(path):
        # Short strings in lower case are names of classes and messages between programs as often as texts.
        is_prose = path != GLOSSARY and re.search(r"[A-Z]|\w \w+ \w", text)
        for rule in (unwanted, replaced) if is_prose else (unwanted,):
            for match in rule.finditer(stored.sub(" ", " ".join(text.split()))):
                place = match.string[max(match.start() - 25, 0) : match.end() + 25]
                found.append(f"{name_of(path)}: {match[0]!r} in '…{place}…'")
    return found


class Row:
    """A row of the glossary."""

    def __init__(self, line: str) -> None:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        self.cells = cells
        self.term = cells[0]
        self.not_used = [word.strip() for word in cells[-1].split(",") if word.strip()]


@functools.cache
def glossary() -> tuple[Row, ...]:
    lines = [line for line in GLOSSARY.read_text().splitlines() if line.startswith("| ")]
    return tuple(Row(line) for line in lines if not line.startswith("| term |"))


def test_docs_and_texts_are_plain_american_english() -> None:
    found = [line for path in files() for line in findings(path)]
    assert found == [], "\n" + "\n".join(found)


def test_each_term_of_the_glossary_is_one_word_for_one_thing() -> None:
    rows = glossary()
    assert len(rows) > 40
    assert all(len(row.cells) == 4 and row.cells[1] for row in rows), [
        row.cells for row in rows if len(row.cells) != 4
    ]
    terms = [row.term.lower() for row in rows]
    assert [term for term in terms if terms.count(term) > 1] == []
    assert [term for term in terms if re.search(r",|\(| or | and ", term)] == []
    replaced = [word.lower() for row in rows for word in row.not_used]
    assert [word for word in replaced if replaced.count(word) > 1 or word in terms] == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Write the journal anew.", "anew"),
        ("The image at hand is told of it.", "at hand"),
        ("It waits, for it has no network.", "for "),
        ("Greyscale images have colours.", "Greyscale"),
        ("The mask lies in tiles.", "lies in"),
        ("The serialiser's behaviour", "serialiser"),
    ],
)
def test_unwanted_words_are_found(text: str, word: str) -> None:
    match = rules()[0].search(text)
    assert match is not None
    assert match[0] == word


@pytest.mark.parametrize(
    "text",
    [
        "WADO stands for web access to DICOM objects.",
        "A tool, for example the brush, tells you more.",
        "Analyses of images run in the compute worker, for you and for everyone.",
        "Amend the commit; the recommended promise is an emphasis on meters and locales.",
    ],
)
def test_words_with_a_good_use_are_left_alone(text: str) -> None:
    assert rules()[0].search(text) is None
