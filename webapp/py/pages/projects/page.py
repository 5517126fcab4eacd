"""The page with the projects that a person may work on."""

from __future__ import annotations

from collections.abc import Sequence, Set

from webapp.py.domain.model import Instruction, LabelClass, Project, decode
from webapp.py.pages.ports.shell import OnlyHere, Page, Route, Shell
from webapp.py.pages.projects import texts
from webapp.py.store.status import SaveStatus
from webapp.py.ui.parts import button, icon
from webapp.py.ui.tree import Node, h

ROUTE = ""
MOST_CHIPS = 7
"""Most chips of classes on a card; one of them may say how many more there are."""


def page(shell: Shell) -> Page:
    """Return the page."""
    return ProjectsPage(shell)


class ProjectsPage(Page):
    """The list of projects, with links to label their images."""

    subject = texts.PROJECTS

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def view(self) -> Node:
        """Return the list."""
        shell = self._shell
        records = shell.setup.records("project").values()
        found = [one for fields in records if isinstance(one := decode("project", fields), Project)]
        found.sort(key=lambda project: project.name.casefold())
        return h(
            "main",
            {"class": "page"},
            h(
                "div",
                {"class": "inner"},
                h(
                    "div",
                    {"class": "page-head"},
                    h("div", {"class": "grow"}, h("h1", None, texts.PROJECTS), _lead(shell, len(found))),
                    *_buttons(shell),
                ),
                h("div", {"class": "cards"}, [_card(shell, project) for project in found])
                if found
                else _nothing(shell),
                _without_access(shell, {project.id for project in found}),
            ),
        )


def _buttons(shell: Shell) -> list[Node | None]:
    person = shell.person
    return [
        button(
            texts.DICOMWEB_SERVERS,
            lambda: shell.open_dialog("datasets", "servers"),
            icon_name="server",
        ),
        h(
            "a",
            {"class": "button", "href": shell.link(Route("datasets"))},
            icon("plus", small=True),
            texts.NEW_FROM_DICOMWEB,
        )
        if person.may_set_up
        else None,
        button(
            shell.busy or texts.IMPORT,
            lambda: shell.open_dialog("exchange", "import"),
            icon_name="upload",
            disabled=bool(shell.busy),
        )
        if person.solo
        else None,
    ]


def _lead(shell: Shell, count: int) -> Node:
    if shell.person.solo:
        text = texts.SOLO_WORKSPACE
    else:
        text = texts.projects_of(count, shell.person.name or shell.person.email)
    return h("p", {"class": "muted"}, text)


def _nothing(shell: Shell) -> Node:
    text = texts.NO_PROJECTS_SOLO if shell.person.solo else texts.NO_PROJECTS_MEMBER
    return h(
        "div",
        {"class": "card"},
        icon("folder"),
        h("h2", None, texts.NO_PROJECTS),
        h("p", {"class": "muted"}, text),
    )


def _without_access(shell: Shell, here: Set[str]) -> Node | None:
    """Return the projects that the server no longer shows, with what only this computer has of them."""
    left = {project: work for project, work in shell.only_here.items() if project not in here}
    if not left:
        return None
    return h(
        "section",
        {"class": "list"},
        h("h2", None, texts.ONLY_HERE),
        h("div", {"class": "cards"}, [_left_card(shell, project, work) for project, work in left.items()]),
    )


def _left_card(shell: Shell, project: str, work: OnlyHere) -> Node:
    return h(
        "article",
        {"class": "card", "key": project, "data-only-here": project},
        h("h3", None, work.name),
        h("p", {"class": "muted"}, work.reason or texts.NOT_A_MEMBER),
        _unsynced(work.status),
        h(
            "div",
            {"class": "row"},
            button(texts.DOWNLOAD_CHANGES, shell.download_unsynced, icon_name="download", kind="primary"),
            button(texts.SHOW_CHANGES, shell.open_saved),
        ),
    )


def _unsynced(status: SaveStatus) -> Node:
    return h("p", {"class": "field-error"}, icon("cloud-alert", small=True), texts.only_here(status))


def _card(shell: Shell, project: Project) -> Node:
    fields = shell.setup.get("instruction", project.instruction)
    instruction = decode("instruction", fields) if fields else None
    classes = instruction.classes if isinstance(instruction, Instruction) else []
    total = shell.totals.get(project.dataset)
    work = shell.only_here.get(project.id)
    return h(
        "article",
        {"class": "card", "key": project.id, "data-project": project.id},
        h("h2", None, project.name),
        h("p", {"class": "muted"}, project.description) if project.description else None,
        h(
            "div",
            {"class": "facts number"},
            h(
                "span",
                None,
                h("b", None, str(total) if total is not None else texts.NO_NUMBER),
                " ",
                texts.images(total),
            ),
            h("span", None, h("b", None, str(len(classes))), " ", texts.classes(len(classes))),
            h("span", None, texts.ROLES[shell.person.role_in(project.id)]),
        ),
        _unsynced(work.status) if work is not None else None,
        h("div", {"class": "swatches"}, _chips(classes)),
        h(
            "div",
            {"class": "row"},
            h(
                "a",
                {"class": "button primary", "href": shell.link(Route("label", (project.id, "0")))},
                icon("pencil", small=True),
                texts.LABEL,
            ),
        ),
    )


def _chips(classes: Sequence[LabelClass]) -> list[Node]:
    """Return the first classes, and how many more there are."""
    shown = classes if len(classes) <= MOST_CHIPS else classes[: MOST_CHIPS - 1]
    rest = classes[len(shown) :]
    more = h(
        "span",
        {"class": "chip more number", "title": texts.more_classes([one.name for one in rest])},
        f"+{len(rest)}",
    )
    return [*(_chip(one.name, one.color) for one in shown), *([more] if rest else [])]


def _chip(name: str, color: str) -> Node:
    swatch = h("i", {"class": "swatch", "style": f"--color:{color}"})
    return h("span", {"class": "chip", "title": name}, swatch, h("span", {"class": "text"}, name))
