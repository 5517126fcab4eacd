"""What the keys of the workspace do, and the buttons of the same actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.shell.state import Layout
from webapp.py.pages.workbench.interpolation import (
    accept_suggestion,
    begin_interpolation,
    delete_object,
    discard_suggestion,
    join_slices,
)
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.ui.parts import icon_button
from webapp.py.ui.tree import Node
from webapp.py.workspace.actions import Action, Binding, action, bindings, setting_keys, shown, wants
from webapp.py.workspace.brightness_contrast import BrightnessContrast
from webapp.py.workspace.copying import copied, pasted
from webapp.py.workspace.messages import KeyPress, MoveCamera
from webapp.py.workspace.settings import Slider

_ALWAYS = ("ctrl+z", "ctrl+shift+z", "ctrl+y")
"""Keys that end a gesture under way instead of going to it."""
_PAN = 80.0
"""CSS pixels that one key press moves the view."""
_PARTS = (".top", ".panel.left", ".rail", ".pane[data-active] .view, .view", ".panel.right")
"""The parts of the page that keys go through, in the order of Tab."""


def take_key(workbench: Workbench, key: KeyPress, *, typing: bool = False) -> bool:
    """Take a key that was pressed on the page; True when it was for the workspace.

    ``typing`` says that it was pressed in a field of text, which keeps most keys to itself.
    """
    work, canvas = workbench.state.work, workbench.canvas
    if work is None or workbench.state.sheet or canvas is None:
        return False
    found = bindings(work.session.instruction, workbench.registry).get(key.combination)
    if typing and not (found is not None and found.kind == "action" and action(found.id).anywhere):
        return False
    if _point(workbench, canvas, key):
        return True
    taken = _take(workbench, canvas, key, found)
    canvas.key_pointer.refresh()
    return taken


def _point(workbench: Workbench, canvas: ViewportCanvas, key: KeyPress) -> bool:
    """Give a key to the pointer that keys move."""
    before = canvas.key_pointer.on
    taken = canvas.key_pointer.take(key)
    if canvas.key_pointer.on is not before:
        workbench.ports.render()
    return taken


def _take(workbench: Workbench, canvas: ViewportCanvas, key: KeyPress, found: Binding | None) -> bool:
    session, busy = workbench.work.session, canvas.gestures.busy
    if found is not None and found.kind == "class" and not busy:
        workbench.choose_class(found.id)
    elif _turn_setting(workbench, key):
        return True
    elif (busy and key.combination not in _ALWAYS) or wants(session.tool, key, session.selected):
        canvas.key(key)
    elif found is None or (key.key == "Enter" and found.id == "accept" and not can(workbench, found.id)):
        return False
    else:
        _do(workbench, found)
    return True


def act(workbench: Workbench, action_id: str) -> None:
    """Do an action, by id."""
    DOES[action_id](workbench)


def can(workbench: Workbench, action_id: str) -> bool:
    """Tell whether an action makes sense now."""
    return action(action_id).enabled(workbench.work.session)


def keys_of(workbench: Workbench, entry: Action) -> str:
    """Return the first keys that an action has in this project, as people read them; empty for none."""
    table = bindings(workbench.work.session.instruction, workbench.registry)
    mine = (one for one in entry.keys if table[one].kind == "action" and table[one].id == entry.id)
    return shown(next(mine, ""))


def action_button(
    workbench: Workbench, action_id: str, *, side: str | None = None, pressed: bool | None = None
) -> Node:
    """Return the button of an action: its icon, title and keys, grayed out while it makes no sense."""
    entry = action(action_id)
    return icon_button(
        entry.icon,
        entry.title,
        partial(act, workbench, action_id),
        keys=keys_of(workbench, entry),
        side=side,
        pressed=pressed,
        disabled=not can(workbench, action_id),
    )


def _do(workbench: Workbench, binding: Binding) -> None:
    if binding.kind == "tool":
        workbench.choose_tool(binding.id)
    elif binding.kind == "class":
        workbench.choose_class(binding.id)
    else:
        act(workbench, binding.id)


def _turn_setting(workbench: Workbench, key: KeyPress) -> bool:
    session = workbench.work.session
    values = session.settings_of(session.tool_id)
    for setting in session.tool.settings:
        keys, value = setting_keys(setting), values[setting.name]
        if key.combination not in keys:
            continue
        steps = -1 if isinstance(setting, Slider) and key.combination == keys[0] else 1
        turned = setting.turned(value, steps)  # type: ignore[arg-type]
        workbench.change_setting(session.tool_id, setting.name, turned)
        return True
    return False


# --- what the actions do


def _pan(workbench: Workbench, right: float, down: float) -> None:
    canvas = workbench.canvas
    if canvas is None or canvas.view is None:
        return
    # The view moves right when the image moves left under it, whichever way the view is turned.
    here, there = canvas.view.to_image(0.0, 0.0), canvas.view.to_image(right, down)
    canvas.move_camera(MoveCamera(here[0] - there[0], here[1] - there[1]))


def _cycle(workbench: Workbench, by: int) -> None:
    """Select the annotation after, or before, the one that is selected."""
    session = workbench.work.session
    names = [view.id for view in session.annotations if not view.hidden]
    if not names:
        return
    at = names.index(session.selected[-1]) if session.selected and session.selected[-1] in names else None
    place = (0 if by > 0 else -1) if at is None else at + by
    session.select([names[place % len(names)]])


def _toggle_all(workbench: Workbench, members: set[str], toggle: Callable[[str], None]) -> None:
    """Turn the selection on where part of it is off, else off."""
    selected = workbench.work.session.selected
    missing = [name for name in selected if name not in members]
    for name in missing or selected:
        toggle(name)


def _copy(workbench: Workbench) -> None:
    session = workbench.work.session
    session.labeling.clipboard = copied(session.context(1.0).chosen(), workbench.work.ordinal)


def _paste(workbench: Workbench) -> None:
    session, view = workbench.work.session, workbench.canvas.view if workbench.canvas is not None else None
    made = pasted(
        session.labeling.clipboard,
        session.context(view.scale if view is not None else 1.0),
        workbench.work.ordinal,
    )
    if made:
        session.make(made)
    elif session.labeling.clipboard.views:
        workbench.app.notify("What was copied lies outside of this image, so nothing was pasted.")


def _hide(workbench: Workbench) -> None:
    _toggle_all(workbench, workbench.work.labeling.hidden, workbench.toggle_hidden)


def _lock(workbench: Workbench) -> None:
    _toggle_all(workbench, workbench.work.labeling.locked, workbench.toggle_locked)


def _reclassify(workbench: Workbench) -> None:
    session = workbench.work.session
    if session.class_id is not None:
        session.reclassify(session.class_id)


def _end_of_folder(workbench: Workbench, place: int) -> None:
    stack = workbench.work.viewport.place
    if stack is not None:
        workbench.scrolling.go_to(workbench.work.viewport, place % len(stack.order))
        return
    _, count = workbench.work.image_list.place()
    asset = workbench.work.image_list.asset_at(count if place else 1)
    if asset is not None:
        workbench.open_asset(asset.ordinal)


def _select_all(workbench: Workbench) -> None:
    session = workbench.work.session
    session.select(view.id for view in session.annotations)


def _deselect(workbench: Workbench) -> None:
    session = workbench.work.session
    if workbench.canvas is not None:
        workbench.canvas.gestures.cancel()  # a ruler that stays goes, too
    if session.labeling.interpolation.concerns(session.stack):
        discard_suggestion(workbench)
    else:
        session.select(())


def _next_viewport(workbench: Workbench) -> None:
    work, keyed = workbench.work, workbench.canvas is not None and workbench.canvas.key_pointer.on
    workbench.layouts.activate(work.viewports[(work.active + 1) % len(work.viewports)])
    if keyed and workbench.canvas is not None:
        workbench.canvas.key_pointer.start()


def _toggle_pointer(workbench: Workbench) -> None:
    if workbench.canvas is not None:
        pointer = workbench.canvas.key_pointer
        if pointer.on:
            pointer.stop()
        else:
            pointer.start()
        workbench.ports.render()


def _open_menu(workbench: Workbench) -> None:
    """Open the menu where the pointer stands that keys move, else at the selection."""
    canvas = workbench.canvas
    place = canvas.key_pointer.place if canvas is not None else None
    if canvas is not None and canvas.view is not None and place is not None:
        workbench.menu.open(workbench.work.viewport, canvas.view.to_image(*place))
    else:
        workbench.menu.open_at_selection()


def _move_focus(workbench: Workbench, by: int) -> None:
    workbench.ports.window.move_focus(_PARTS, by)


def _go_home(workbench: Workbench) -> None:
    workbench.ports.window.go("#/")


def _layout(layout: Layout) -> Callable[[Workbench], object]:
    return lambda workbench: workbench.layouts.set_layout(layout)


DOES: dict[str, Callable[[Workbench], object]] = {
    "undo": lambda workbench: workbench.undo(),
    "redo": lambda workbench: workbench.redo(),
    "copy": _copy,
    "paste": _paste,
    "delete": lambda workbench: workbench.work.session.delete_selected(),
    "reclassify": _reclassify,
    "hide": _hide,
    "lock": _lock,
    "save": lambda workbench: workbench.labels.save(),
    "questions": lambda workbench: workbench.labels.answer_questions(),
    "forward": lambda workbench: workbench.work.session.reorder("forward"),
    "backward": lambda workbench: workbench.work.session.reorder("backward"),
    "front": lambda workbench: workbench.work.session.reorder("front"),
    "back": lambda workbench: workbench.work.session.reorder("back"),
    "menu": _open_menu,
    "select-all": _select_all,
    "deselect": _deselect,
    "interpolate": begin_interpolation,
    "join": join_slices,
    "delete-object": delete_object,
    "accept": accept_suggestion,
    "next-annotation": lambda workbench: _cycle(workbench, 1),
    "previous-annotation": lambda workbench: _cycle(workbench, -1),
    "previous": lambda workbench: workbench.step(-1),
    "next": lambda workbench: workbench.step(1),
    "first": lambda workbench: _end_of_folder(workbench, 0),
    "last": lambda workbench: _end_of_folder(workbench, -1),
    "go-to-image": lambda workbench: workbench.work.image_list.ask_index(),
    "filter-images": lambda workbench: workbench.work.image_list.focus_search(),
    "submit": lambda workbench: workbench.submit(),
    "skip": lambda workbench: workbench.skip(),
    "reopen": lambda workbench: workbench.reopen(),
    "zoom-in": lambda workbench: workbench.display.zoom("in"),
    "zoom-out": lambda workbench: workbench.display.zoom("out"),
    "fit": lambda workbench: workbench.display.zoom("fit"),
    "actual": lambda workbench: workbench.display.zoom("actual"),
    "pan-left": lambda workbench: _pan(workbench, -_PAN, 0.0),
    "pan-right": lambda workbench: _pan(workbench, _PAN, 0.0),
    "pan-up": lambda workbench: _pan(workbench, 0.0, -_PAN),
    "pan-down": lambda workbench: _pan(workbench, 0.0, _PAN),
    "turn-right": lambda workbench: workbench.display.turn(1),
    "turn-left": lambda workbench: workbench.display.turn(-1),
    "mirror": lambda workbench: workbench.display.flip("horizontal"),
    "mirror-down": lambda workbench: workbench.display.flip("vertical"),
    "reset-light": lambda workbench: workbench.display.set_light(BrightnessContrast()),
    "banner": lambda workbench: workbench.display.toggle_extra("banner"),
    "measures": lambda workbench: workbench.display.toggle_extra("measures"),
    "overlay": lambda workbench: workbench.display.toggle_extra("overlay"),
    "references": lambda workbench: workbench.display.toggle_extra("references"),
    "layout-1x1": _layout("1x1"),
    "layout-1x2": _layout("1x2"),
    "layout-2x1": _layout("2x1"),
    "layout-2x2": _layout("2x2"),
    "layout-mpr": _layout("mpr"),
    "link": lambda workbench: workbench.layouts.toggle_linked(),
    "next-viewport": _next_viewport,
    "pointer": _toggle_pointer,
    "next-part": partial(_move_focus, by=1),
    "previous-part": partial(_move_focus, by=-1),
    "projects": _go_home,
    "palette": lambda workbench: workbench.app.open_sheet("palette"),
    "shortcuts": lambda workbench: workbench.app.open_sheet("shortcuts"),
    "sync": lambda workbench: workbench.app.sync_now(),
    "saved": lambda workbench: workbench.app.open_sheet("saved"),
    "export": lambda workbench: workbench.app.open_sheet("export"),
    "theme": lambda workbench: workbench.app.toggle_theme(),
}
"""What each action of `webapp.py.workspace.actions` does."""
