"""The drawer with the labeling guide of the instruction."""

from __future__ import annotations

import re
from functools import partial

from webapp.py.pages.ports.shell import Shell
from webapp.py.pages.workbench import texts
from webapp.py.ui.parts import dialog
from webapp.py.ui.tree import Node, h
from webapp.py.workspace.labeling_state import LabelingState


def open_guide(labeling: LabelingState, shell: Shell) -> None:
    """Open the drawer."""
    if not paragraphs(labeling.instruction.guide):
        shell.say(texts.NO_GUIDE)
        return
    shell.dialog(partial(_guide, labeling, partial(shell.dialog, None)))


def _guide(labeling: LabelingState, close: partial[None]) -> Node:
    return dialog(
        texts.GUIDE,
        close,
        h(
            "div",
            {"class": "guide-text"},
            [h("p", None, one) for one in paragraphs(labeling.instruction.guide)],
        ),
        drawer=True,
    )


def paragraphs(text: str) -> list[str]:
    r"""Return the paragraphs of a text, which empty lines separate.

    Examples
    --------
    >>> paragraphs("Mark every cat.\n\n• Its tail, too.\n• Not its shadow.\n")
    ['Mark every cat.', '• Its tail, too.\n• Not its shadow.']
    """
    return [one.strip("\n") for one in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")) if one.strip()]
