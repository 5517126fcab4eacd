"""The page “New from DICOMweb”: search at the left, the project that comes of it at the right."""

from __future__ import annotations

from functools import partial
from typing import Any

from webapp.py.imaging.dicomweb import Found
from webapp.py.pages.datasets.pacs_assets import has_images
from webapp.py.pages.datasets.pacs_import import PacsImport
from webapp.py.pages.ports.shell import Shell
from webapp.py.ui.parts import button, does, icon, icon_button, plural
from webapp.py.ui.tree import Event, Node, h

_FIELDS = (
    ("PatientName", "Patient’s name", "text"),
    ("PatientID", "Patient’s ID", "text"),
    ("StudyDescription", "Description", "text"),
    ("ModalitiesInStudy", "Modality", "text"),
    ("from", "Study from", "date"),
    ("to", "Study to", "date"),
)


def pacs_view(made: PacsImport, shell: Shell) -> Node:
    """Return the search at the left and the project at the right, or who may use it."""
    return h(
        "main",
        {"class": "page"},
        h(
            "div",
            {"class": "inner wide"},
            _head(),
            h("div", {"class": "dicomweb"}, _search(made), _project(made, shell))
            if made.allowed
            else h("div", {"class": "card"}, icon("lock"), h("h2", None, "Only admins make projects")),
        ),
    )


def _head() -> Node:
    return h(
        "div",
        {"class": "page-head"},
        h(
            "div",
            {"class": "grow"},
            h("h1", None, "New from DICOMweb"),
            h(
                "p",
                {"class": "muted"},
                "Choose series on a PACS and make a project of them. Patients’ names stay in this browser: "
                "the project lists addresses and neutral names.",
            ),
        ),
        h("a", {"class": "button", "href": "#/"}, icon("arrow-left", small=True), "All projects"),
    )


# --- left: what there is


def _search(made: PacsImport) -> Node:
    return h(
        "section",
        {"class": "card", "aria-label": "Search"},
        _servers(made),
        _form(made) if made.server else None,
        _problem(made),
        h(
            "div",
            {"class": "waiting", "role": "status"},
            h("span", {"class": "spinner"}),
            h("span", {"class": "grow"}, made.busy),
            button("Stop", made.cancel),
        )
        if made.busy
        else None,
        _studies(made),
    )


def _servers(made: PacsImport) -> Node:
    servers = made.servers.list
    if not servers:
        return h(
            "div",
            {"class": "nothing"},
            icon("server"),
            h("h2", None, "No DICOMweb server yet"),
            h("p", {"class": "muted"}, "Add the address of your PACS; it goes up to before /studies."),
            button("Add a server", made.servers.open, kind="primary", icon_name="plus"),
        )
    return h(
        "div",
        {"class": "server-row"},
        h(
            "label",
            {"class": "field grow"},
            "Server",
            h(
                "select",
                {"prop:value": made.server, "on_change": lambda event: made.choose_server(event.value)},
                [
                    h("option", {"value": one.address, "selected": one.address == made.server}, one.name)
                    for one in servers
                ],
            ),
        ),
        button("DICOMweb servers", made.servers.open, icon_name="server"),
    )


def _form(made: PacsImport) -> Node:
    def submit(event: Event) -> None:
        event.prevent()
        made.search()

    return h(
        "form",
        {"class": "study-search", "on_submit": submit, "autocomplete": "off"},
        [
            h(
                "label",
                {"class": "field", "key": name},
                title,
                h(
                    "input",
                    {
                        "type": kind,
                        "value": made.wanted[name] or None,
                        "on_input": lambda event, name=name: made.want(name, event.value),
                        "spellcheck": "false",
                    },
                ),
            )
            for name, title, kind in _FIELDS
        ],
        button("Search", lambda: None, kind="primary", icon_name="search", submit=True),
    )


def _problem(made: PacsImport) -> Node | None:
    if not made.problem:
        return None
    return h(
        "div",
        {"class": "notice", "role": "alert"},
        icon("triangle-alert", small=True),
        h("span", {"class": "grow"}, made.problem),
        button("DICOMweb servers", made.servers.open) if "“DICOMweb servers”" in made.problem else None,
    )


def _studies(made: PacsImport) -> Node | None:
    if made.studies is None:
        return None
    if not made.studies:
        return h("p", {"class": "empty", "role": "status"}, "No study fits. Ask for less, or other days.")
    return h(
        "div",
        {"class": "studies"},
        h("p", {"class": "muted", "role": "status"}, _count(made)),
        h("ul", {"aria-label": "Studies"}, [_study(made, one) for one in made.studies]),
        button("Show more", partial(made.search, True), disabled=bool(made.busy)) if made.more else None,
    )


def _count(made: PacsImport) -> str:
    shown = len(made.studies or [])
    return f"{plural(shown, 'study', 'studies')}{', and there are more' if made.more else ''}"


def _study(made: PacsImport, study: Found) -> Node:
    open_ = study.resource in made.series
    return h(
        "li",
        {"key": study.resource.study},
        h(
            "button",
            {
                "type": "button",
                "class": "study",
                "aria-expanded": open_,
                "on_click": does(partial(made.unfold, study)),
            },
            icon("chevron-down" if open_ else "chevron-right", small=True),
            h(
                "span",
                {"class": "text"},
                h("b", None, study.patient or "No patient’s name"),
                h("span", {"class": "muted"}, " · ".join(filter(None, (study.title, study.details)))),
            ),
            h("span", {"class": "muted number"}, plural(study.count, "file")) if study.count else None,
        ),
        _series(made, study) if open_ else None,
    )


def _series(made: PacsImport, study: Found) -> Node:
    found = made.series[study.resource]
    if found is None:
        return h("p", {"class": "empty", "role": "status"}, "Looking for series…")
    if not found:
        return h("p", {"class": "empty", "role": "status"}, "This study has no series.")
    return h("ul", {"class": "series", "aria-label": "Series"}, [_one_series(made, one) for one in found])


def _one_series(made: PacsImport, series: Found) -> Node:
    shows = has_images(series)
    kind = " ".join(filter(None, (series.details, str(series.number or ""))))
    return h(
        "li",
        {"key": series.resource.series},
        h(
            "label",
            None,
            h(
                "input",
                {
                    "type": "checkbox",
                    "prop:checked": series.resource in made.chosen,
                    "disabled": not shows,
                    "on_change": lambda event: made.tick(series, event.checked),
                },
            ),
            h("span", {"class": "chip"}, kind) if kind else None,
            h("span", {"class": "grow"}, series.title),
            h(
                "span",
                {"class": "muted number"},
                (plural(series.count, "file") if series.count else "") if shows else "no images",
            ),
        ),
    )


# --- right: what comes of it


def _project(made: PacsImport, shell: Shell) -> Node:
    instructions = shell.setup.records("instruction")

    def submit(event: Event) -> None:
        event.prevent()
        made.create()

    return h(
        "form",
        {"class": "card project-form", "aria-label": "Project", "on_submit": submit, "autocomplete": "off"},
        h("h2", None, "Project"),
        _chosen(made),
        _text(
            made,
            "name",
            "Name",
            h("span", {"class": "hint"}, "Everybody in the project sees it: no patients’ names."),
        ),
        h(
            "label",
            {"class": "field"},
            "Labeling instruction",
            h(
                "select",
                {
                    "prop:value": made.instruction,
                    "disabled": not instructions,
                    "on_change": lambda event: made.fill("instruction", event.value),
                },
                [
                    h(
                        "option",
                        {"value": key, "selected": key == made.instruction},
                        str(one.get("name", key)),
                    )
                    for key, one in instructions.items()
                ],
            ),
        ),
        _addresses(made),
        h("p", {"class": "hint", "role": "status"}, made.lacks) if made.lacks else None,
        button(
            "Create project",
            lambda: None,
            kind="primary",
            disabled=bool(made.lacks or made.busy),
            submit=True,
        ),
    )


def _addresses(made: PacsImport) -> Node:
    return h(
        "details",
        {"open": bool(made.addresses)},
        h("summary", None, "Paste addresses"),
        h(
            "label",
            {"class": "field"},
            h("span", {"class": "visually-hidden"}, "dicomweb:// addresses, one a line"),
            h(
                "textarea",
                {
                    "prop:value": made.addresses,
                    "on_input": lambda event: made.fill("addresses", event.value),
                    "placeholder": "dicomweb://pacs/dicom-web/studies/…",
                    "rows": 4,
                    "spellcheck": "false",
                },
            ),
        ),
        h("p", {"class": "hint"}, "A study or series stands for all images in it."),
    )


def _text(made: PacsImport, field: str, title: str, *more: Any) -> Node:
    def typed(event: Event) -> None:
        made.fill(field, event.value)

    entry = h(
        "input", {"type": "text", "maxlength": 200, "prop:value": getattr(made, field), "on_input": typed}
    )
    return h("label", {"class": "field"}, title, entry, *more)


def _chosen(made: PacsImport) -> Node:
    if not made.chosen:
        return h("p", {"class": "muted"}, "Nothing is chosen yet.")
    files = sum(one.count for one in made.chosen.values())
    total = f", {plural(files, 'file')}" if files else ""
    return h(
        "div",
        {"class": "chosen"},
        h("p", None, h("b", None, f"{plural(len(made.chosen), 'series', 'series')}{total}")),
        h(
            "ul",
            {"aria-label": "Chosen series"},
            [
                h(
                    "li",
                    {"key": f"{place.study} {place.series}"},
                    h("span", {"class": "grow"}, " ".join(filter(None, (one.details, one.title)))),
                    icon_button("x", f"Leave out {one.title}", partial(made.tick, one, False), side="left"),
                )
                for place, one in made.chosen.items()
            ],
        ),
        button("Leave out all", made.clear) if len(made.chosen) > 1 else None,
    )
