"""The DICOMweb servers of a person: the list that this browser stores, and the dialog that edits it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from webapp.py.imaging.dicomweb import Resource
from webapp.py.imaging.dicomweb_access import (
    SERVERS_KEY,
    DicomwebServer,
    check_server,
    read_servers,
    server_of,
    write_servers,
)
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.datasets import texts
from webapp.py.pages.ports.shell import Shell
from webapp.py.store.local import StorageProblem
from webapp.py.ui.parts import button, dialog, icon_button
from webapp.py.ui.reactive import reactive
from webapp.py.ui.tree import Event, Node, h


class PacsServers:
    """Keeps the list of servers, and the draft of the one that is being edited.

    Parameters
    ----------
    shell
        The app. Its local store has the list.
    changed
        Called when the list has changed.
    """

    list = reactive[Sequence[DicomwebServer]](())
    draft = reactive[DicomwebServer | None](None)
    said = reactive("")
    error = reactive("")

    def __init__(self, shell: Shell, changed: Callable[[], None]) -> None:
        self._shell, self._changed = shell, changed
        self._edited: str | None = None
        self._asked = 0

    async def load(self) -> None:
        """Load the list, because another tab may have changed it."""
        self.list = read_servers(await self._shell.local.get_meta(SERVERS_KEY))

    async def open(self) -> None:
        """Open the dialog."""
        try:
            await self.load()
        except StorageProblem as problem:
            self._shell.fail(str(problem))
            return
        self.said = self.error = ""
        self.draft = None
        if not self.list:
            self.edit(None)
        self._shell.dialog(lambda: servers_dialog(self))

    def close(self) -> None:
        """Close the dialog and discard the draft."""
        self.draft, self.said, self.error = None, "", ""
        self._shell.dialog(None)

    def edit(self, server: DicomwebServer | None) -> None:
        """Start to edit a server, or to add one."""
        self._edited = server.address if server is not None else None
        self.draft = server or DicomwebServer(name="", address="")
        self.said = self.error = ""

    def stop_editing(self) -> None:
        """Discard the draft."""
        self.draft, self.error = None, ""

    def change(self, field: str, value: str) -> None:
        """Set a field of the draft."""
        if self.draft is not None:
            self.draft = msgspec.structs.replace(self.draft, **{field: value})

    async def save(self) -> None:
        """Save the draft, then check whether the server answers."""
        if self.draft is None:
            return
        try:
            server = check_server(self.draft)
            await self.load()
            others = [one for one in self.list if one.address != self._edited]
            if server_of(others, server.address) is not None:
                raise ImageProblem("address", texts.DUPLICATE_SERVER)
            await self._keep([*others, server])
        except (ImageProblem, StorageProblem) as problem:
            self.error = str(problem)
            return
        self.draft, self.error = None, ""
        await self._try(server)

    async def remove(self, server: DicomwebServer) -> None:
        """Remove a server with its token or password."""
        try:
            await self.load()
            await self._keep([one for one in self.list if one.address != server.address])
        except StorageProblem as problem:
            self.error = str(problem)
        self.said = texts.server_removed(server.name)

    async def _keep(self, servers: Sequence[DicomwebServer]) -> None:
        servers = sorted(servers, key=lambda one: one.name.casefold())
        await self._shell.local.set_meta(SERVERS_KEY, write_servers(servers))
        self.list = servers
        self._changed()

    async def _try(self, server: DicomwebServer) -> None:
        self._asked += 1
        asked = self._asked
        self.said = texts.connecting(server.name)
        try:
            await self._shell.ports.images.dicomweb_list(Resource(server.address), limit=1)
            said, error = texts.connected(server.name), ""
        except ImageProblem as problem:
            said, error = texts.CONNECTION_FAILED, problem.message
        if asked == self._asked:
            self.said, self.error = said, error


def servers_dialog(servers: PacsServers) -> Node:
    """Return the dialog with the list of servers and the form of the one that is being edited."""
    return dialog(
        texts.DICOMWEB_SERVERS,
        servers.close,
        h("p", {"class": "muted"}, texts.SERVERS_HELP),
        h("section", {"class": "list"}, [_item(servers, one) for one in servers.list])
        if servers.list
        else None,
        _form(servers, servers.draft)
        if servers.draft is not None
        else h("div", None, button(texts.ADD_SERVER, partial(servers.edit, None), icon_name="plus")),
        h("p", {"role": "status", "class": "muted"}, servers.said) if servers.said else None,
        h("p", {"class": "field-error", "role": "alert"}, servers.error) if servers.error else None,
        drawer=True,
    )


def _item(servers: PacsServers, server: DicomwebServer) -> Node:
    return h(
        "div",
        {"class": "item", "key": server.address},
        h(
            "div",
            {"class": "row"},
            h("b", {"class": "grow"}, server.name),
            icon_button("pencil", texts.edit_server(server.name), partial(servers.edit, server), side="end"),
            icon_button(
                "trash-2", texts.remove_server(server.name), partial(servers.remove, server), side="end"
            ),
        ),
        h("span", {"class": "muted wraps"}, server.address),
        h("span", {"class": "muted"}, texts.sign_in_by(server.sign_in)),
    )


def _form(servers: PacsServers, draft: DicomwebServer) -> Node:
    def submit(event: Event) -> Any:
        event.prevent()
        return servers.save()

    secret = {"type": "password", "autocomplete": "off"}
    return h(
        "form",
        {"class": "list", "on_submit": submit, "aria-label": texts.SERVER_FORM, "autocomplete": "off"},
        _field(
            servers,
            draft,
            "address",
            texts.SERVER_ADDRESS,
            placeholder=texts.SERVER_ADDRESS_EXAMPLE,
            autofocus=True,
        ),
        _field(servers, draft, "name", texts.SERVER_NAME, placeholder=texts.SERVER_NAME_EXAMPLE),
        h(
            "label",
            {"class": "field"},
            texts.SIGN_IN,
            h(
                "select",
                {"prop:value": draft.sign_in, "on_change": lambda e: servers.change("sign_in", e.value)},
                [
                    h("option", {"value": value, "selected": value == draft.sign_in}, title)
                    for value, title in texts.SIGN_INS.items()
                ],
            ),
        ),
        _field(servers, draft, "secret", texts.TOKEN, **secret) if draft.sign_in == "bearer" else None,
        [
            _field(servers, draft, "user", texts.USERNAME),
            _field(servers, draft, "secret", texts.PASSWORD, **secret),
        ]
        if draft.sign_in == "basic"
        else None,
        _headers(servers, draft) if draft.sign_in == "headers" else None,
        h(
            "div",
            {"class": "row"},
            button(texts.SAVE, lambda: None, kind="primary", submit=True),
            button(texts.CANCEL, servers.stop_editing),
        ),
    )


def _field(servers: PacsServers, draft: DicomwebServer, name: str, title: str, **more: Any) -> Node:
    typed = partial(_typed, servers, name)
    value = {"prop:value": getattr(draft, name), "on_input": typed, "spellcheck": "false"}
    return h("label", {"class": "field", "key": title}, title, h("input", {"type": "text", **value, **more}))


def _headers(servers: PacsServers, draft: DicomwebServer) -> Node:
    return h(
        "label",
        {"class": "field", "key": "headers"},
        texts.HEADERS,
        h(
            "textarea",
            {
                "prop:value": draft.headers,
                "on_input": partial(_typed, servers, "headers"),
                "placeholder": texts.HEADERS_EXAMPLE,
                "rows": 3,
                "spellcheck": "false",
            },
        ),
    )


def _typed(servers: PacsServers, name: str, event: Event) -> None:
    servers.change(name, event.value)
