"""Opening a project on a workbench."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.domain.model import Instruction, Invalid, Project, decode
from webapp.py.domain.wire import project_scope
from webapp.py.pages.ports.shell import CannotOpen, Shell
from webapp.py.pages.workbench.commands import Commands
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.store.store import Store


async def open_workbench(shell: Shell, project_id: str, go_to: Callable[[int], None]) -> Workbench:
    """Return a workbench on a project; ``go_to`` goes to the address of another image.

    Raises
    ------
    CannotOpen
        When the project is not here, or its instruction cannot be read.
    """
    setup = shell.setup
    fields = setup.get("project", project_id)
    if fields is None:
        raise CannotOpen("This project is not here: it was deleted, or you are not a member.")
    try:
        project = decode("project", fields)
        assert isinstance(project, Project)
        instruction = decode("instruction", setup.get("instruction", project.instruction) or {})
    except Invalid as invalid:
        raise CannotOpen(
            f"This project cannot be opened: {invalid}. Ask an admin to correct its instruction."
        ) from None
    assert isinstance(instruction, Instruction)
    store = await Store.open(shell.local, project_scope(project_id), solo=shell.person.solo)
    return Workbench(shell, project, store, instruction, go_to, Commands)
