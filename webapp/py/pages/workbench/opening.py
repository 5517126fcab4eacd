"""Opens a project in a workbench."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.domain.model import Instruction, Invalid, Project, decode
from webapp.py.domain.wire import project_scope
from webapp.py.pages.ports.shell import CannotOpen, Shell
from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.commands import Commands
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.store.store import Store
from webapp.py.store.sync import SyncProblem


async def open_workbench(shell: Shell, project_id: str, go_to: Callable[[int], None]) -> Workbench:
    """Return a workbench for a project; ``go_to`` navigates to the address of another image.

    Raises
    ------
    CannotOpen
        If there is no such project here or on the server, or its instruction is not valid.
    """
    setup = shell.setup
    if setup.get("project", project_id) is None:
        # It may have been created, or opened to this person, after the page was loaded.
        try:
            await shell.look_again()
        except SyncProblem as problem:
            raise CannotOpen(texts.project_not_here(problem)) from None
    fields = setup.get("project", project_id)
    if fields is None:
        raise CannotOpen(texts.PROJECT_NOT_FOUND)
    try:
        project = decode("project", fields)
        assert isinstance(project, Project)
        instruction = decode("instruction", setup.get("instruction", project.instruction) or {})
    except Invalid as invalid:
        raise CannotOpen(texts.project_unreadable(invalid)) from None
    assert isinstance(instruction, Instruction)
    store = await Store.open(shell.local, project_scope(project_id), solo=shell.person.solo)
    return Workbench(shell, project, store, instruction, go_to, Commands)
