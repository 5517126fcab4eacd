"""What the command palette finds in a workbench: classes, tools, actions, operations and images."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from webapp.py.pages.ports.shell import Command
from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.images.texts import image_place
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.workspace.actions import ACTIONS, bindings, class_keys, normalized, shown
from webapp.py.workspace.finding import MOST_SCANNED


def palette_commands(workbench: Workbench, query: str) -> Iterator[Command]:
    """Yield what the command palette finds; last the images with the query's words in name or folder."""
    session = workbench.session
    table = bindings(session.instruction, workbench.labeling.registry)
    for one in session.instruction.classes:
        first = "".join(class_keys(session.instruction, workbench.labeling.registry, one.id)[:1])
        choose = partial(session.choose_class, one.id)
        yield Command(f"class {one.id}", one.name, texts.CLASS, choose, shown(first), color=one.color)
    for tool in workbench.labeling.registry.tools:
        if tool.id not in session.switched_off and workbench.viewport.suits(tool):
            keys = normalized(tool.key)
            own = keys in table and table[keys].kind == "tool"
            pick = partial(session.choose_tool, tool.id)
            yield Command(
                f"tool {tool.id}", tool.title, texts.TOOL, pick, shown(keys) if own else "", tool.icon
            )
    for action in ACTIONS:
        if action.id != "palette" and workbench.actions.can(action.id):
            do = partial(workbench.actions.act, action.id)
            yield Command(
                f"action {action.id}",
                action.title,
                action.group,
                do,
                workbench.actions.keys(action.id),
                action.icon,
            )
    for operation in workbench.menu.usable():
        # With its last settings; the menu is where they are changed.
        run = partial(workbench.menu.run, operation)
        yield Command(f"operation {operation.id}", operation.title, texts.SELECTION, run, icon=operation.icon)
    # One letter would find half of all images.
    images = query if len(query) > 1 else ""
    for asset in workbench.image_list.index.named(images, MOST_SCANNED) if images else ():
        go = partial(workbench.navigation.open_asset, asset.ordinal)
        yield Command(f"image {asset.ordinal}", asset.name, image_place(asset.folder), go, icon="image")
