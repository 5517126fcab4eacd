"""The page “New from DICOMweb”: search on the left, the new project on the right."""

from __future__ import annotations

from functools import partial
from typing import Any

from webapp.py.imaging.dicomweb import Found
from webapp.py.pages.datasets import texts
from webapp.py.pages.datasets.pacs_assets import has_images
from webapp.py.pages.datasets.pacs_import import PacsImport
from webapp.py.pages.ports.shell import Shell
from webapp.py.ui.parts import button, does, icon, icon_button
from webapp.py.ui.tree import Event, Node, h


def pacs_view(made: PacsImport, shell: Shell) -> Node:
    """Return the search on the left and the project on the right, or a note that only admins may do this."""
    return h(
        "main",
        {"class": "page"},
        h(
            "div",
            {"class": "inner wide"},
            _head(),
            h("div", {"class": "dicomweb"}, _search(made), _project(made, shell))
            if made.allowed
            else h("div", {"class": "card"}, icon("lock"), h("h2", None, texts.ADMINS_ONLY)),
        ),
    )


def _head() -> Node:
    return h(
        "div",
        {"class": "page-head"},
        h(
            "div",
            {"class": "grow"},
            h("h1", None, texts.NEW_FROM_DICOMWEB),
            h("p", {"class": "muted"}, texts.NEW_FROM_DICOMWEB_HELP),
        ),
        h("a", {"class": "button", "href": "#/"}, icon("arrow-left", small=True), texts.ALL_PROJECTS),
    )


# --- left: search


def _search(made: PacsImport) -> Node:
    return h(
        "section",
        {"class": "card", "aria-label": texts.SEARCH},
        _servers(made),
        _form(made) if made.server else None,
        _problem(made),
        h(
            "div",
            {"class": "waiting", "role": "status"},
            h("span", {"class": "spinner"}),
            h("span", {"class": "grow"}, made.busy),
            button(texts.STOP, made.cancel),
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
            h("h2", None, texts.NO_SERVERS),
            h("p", {"class": "muted"}, texts.NO_SERVERS_HELP),
            button(texts.ADD_SERVER, made.servers.open, kind="primary", icon_name="plus"),
        )
    return h(
        "div",
        {"class": "server-row"},
        h(
            "label",
            {"class": "field grow"},
            texts.SERVER,
            h(
                "select",
                {"prop:value": made.server, "on_change": lambda event: made.choose_server(event.value)},
                [
                    h("option", {"value": one.address, "selected": one.address == made.server}, one.name)
                    for one in servers
                ],
            ),
        ),
        button(texts.DICOMWEB_SERVERS, made.servers.open, icon_name="server"),
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
                        "type": "date" if name in ("from", "to") else "text",
                        "value": made.wanted[name] or None,
                        "on_input": lambda event, name=name: made.want(name, event.value),
                        "spellcheck": "false",
                    },
                ),
            )
            for name, title in texts.STUDY_FIELDS.items()
        ],
        button(texts.SEARCH, lambda: None, kind="primary", icon_name="search", submit=True),
    )


def _problem(made: PacsImport) -> Node | None:
    if not made.problem:
        return None
    return h(
        "div",
        {"class": "notice", "role": "alert"},
        icon("triangle-alert", small=True),
        h("span", {"class": "grow"}, made.problem),
        button(texts.DICOMWEB_SERVERS, made.servers.open)
        if f"“{texts.DICOMWEB_SERVERS}”" in made.problem
        else None,
    )


def _studies(made: PacsImport) -> Node | None:
    if made.studies is None:
        return None
    if not made.studies:
        return h("p", {"class": "empty", "role": "status"}, texts.NO_STUDIES)
    return h(
        "div",
        {"class": "studies"},
        h("p", {"class": "muted", "role": "status"}, texts.studies(len(made.studies), made.more)),
        h("ul", {"aria-label": texts.STUDIES}, [_study(made, one) for one in made.studies]),
        button(texts.SHOW_MORE, partial(made.search, True), disabled=bool(made.busy)) if made.more else None,
    )


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
                h("b", None, study.patient or texts.NO_PATIENT_NAME),
                h("span", {"class": "muted"}, " · ".join(filter(None, (study.title, study.details)))),
            ),
            h("span", {"class": "muted number"}, texts.files(study.count)) if study.count else None,
        ),
        _series(made, study) if open_ else None,
    )


def _series(made: PacsImport, study: Found) -> Node:
    found = made.series[study.resource]
    if found is None:
        return h("p", {"class": "empty", "role": "status"}, texts.LOADING_SERIES)
    if not found:
        return h("p", {"class": "empty", "role": "status"}, texts.NO_SERIES)
    return h("ul", {"class": "series", "aria-label": texts.SERIES}, [_one_series(made, one) for one in found])


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
            h("span", {"class": "muted number"}, texts.files(series.count) if shows else texts.NO_IMAGES),
        ),
    )


# --- right: the new project


def _project(made: PacsImport, shell: Shell) -> Node:
    def submit(event: Event) -> None:
        event.prevent()
        made.create()

    return h(
        "form",
        {
            "class": "card project-form",
            "aria-label": texts.PROJECT,
            "on_submit": submit,
            "autocomplete": "off",
        },
        h("h2", None, texts.PROJECT),
        _chosen(made),
        _text(
            made,
            "name",
            texts.PROJECT_NAME,
            h("span", {"class": "hint"}, texts.PROJECT_NAME_HELP),
        ),
        _instruction(made, shell),
        _addresses(made),
        h("p", {"class": "hint", "role": "status"}, made.lacks) if made.lacks else None,
        button(
            texts.CREATE_PROJECT,
            lambda: None,
            kind="primary",
            disabled=bool(made.lacks or made.busy),
            submit=True,
        ),
    )


def _instruction(made: PacsImport, shell: Shell) -> Node:
    instructions = shell.setup.records("instruction")
    return h(
        "label",
        {"class": "field"},
        texts.INSTRUCTION,
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
    )


def _addresses(made: PacsImport) -> Node:
    return h(
        "details",
        {"open": bool(made.addresses)},
        h("summary", None, texts.PASTE_ADDRESSES),
        h(
            "label",
            {"class": "field"},
            h("span", {"class": "visually-hidden"}, texts.ADDRESSES),
            h(
                "textarea",
                {
                    "prop:value": made.addresses,
                    "on_input": lambda event: made.fill("addresses", event.value),
                    "placeholder": texts.ADDRESSES_EXAMPLE,
                    "rows": 4,
                    "spellcheck": "false",
                },
            ),
        ),
        h("p", {"class": "hint"}, texts.ADDRESSES_HELP),
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
        return h("p", {"class": "muted"}, texts.NOTHING_SELECTED)
    files = sum(one.count for one in made.chosen.values())
    return h(
        "div",
        {"class": "chosen"},
        h("p", None, h("b", None, texts.selected(len(made.chosen), files))),
        h(
            "ul",
            {"aria-label": texts.SELECTED_SERIES},
            [
                h(
                    "li",
                    {"key": f"{place.study} {place.series}"},
                    h("span", {"class": "grow"}, " ".join(filter(None, (one.details, one.title)))),
                    icon_button(
                        "x", texts.remove_series(one.title), partial(made.tick, one, False), side="left"
                    ),
                )
                for place, one in made.chosen.items()
            ],
        ),
        button(texts.REMOVE_ALL, made.clear) if len(made.chosen) > 1 else None,
    )
