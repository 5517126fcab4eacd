"""What the keys of the workspace do, and the buttons of the same actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from webapp.py.pages.desk import Desk
from webapp.py.pages.edges import StageLike
from webapp.py.pages.interpolation import (
    accept_suggestion,
    begin_interpolation,
    delete_object,
    discard_suggestion,
    join_slices,
)
from webapp.py.pages.parts import icon_button
from webapp.py.pages.state import Layout
from webapp.py.pages.tree import Node
from webapp.py.workspace.actions import Action, Binding, action, bindings, setting_keys, shown, wants
from webapp.py.workspace.copying import copied, pasted
from webapp.py.workspace.light import Light
from webapp.py.workspace.messages import Camera, Key
from webapp.py.workspace.settings import Slider

_ALWAYS = ("ctrl+z", "ctrl+shift+z", "ctrl+y")
"""Keys that end a gesture under way instead of going to it."""
_PAN = 80.0
"""CSS pixels that one key press moves the view."""
_PARTS = (".top", ".panel.left", ".rail", ".pane[data-active] .view, .view", ".panel.right")
"""The parts of the page that keys go through, in the order of Tab."""


def take_key(desk: Desk, key: Key, *, typing: bool = False) -> bool:
    """Take a key that was pressed on the page; True when it was for the workspace.

    ``typing`` says that it was pressed in a field of text, which keeps most keys to itself.
    """
    work, stage = desk.state.work, desk.stage
    if work is None or desk.state.sheet or stage is None:
        return False
    found = bindings(work.session.instruction, desk.registry).get(key.combination)
    if typing and not (found is not None and found.kind == "action" and action(found.id).anywhere):
        return False
    if _point(desk, stage, key):
        return True
    taken = _take(desk, stage, key, found)
    stage.key_pointer.refresh()
    return taken


def _point(desk: Desk, stage: StageLike, key: Key) -> bool:
    """Give a key to the pointer that keys move."""
    before = stage.key_pointer.on
    taken = stage.key_pointer.take(key)
    if stage.key_pointer.on is not before:
        desk.edges.render()
    return taken


def _take(desk: Desk, stage: StageLike, key: Key, found: Binding | None) -> bool:
    session, busy = desk.work.session, stage.gestures.busy
    if found is not None and found.kind == "class" and not busy:
        desk.choose_class(found.id)
    elif _turn_setting(desk, key):
        return True
    elif (busy and key.combination not in _ALWAYS) or wants(session.tool, key, session.selected):
        stage.key(key)
    elif found is None or (key.key == "Enter" and found.id == "accept" and not can(desk, found.id)):
        return False
    else:
        _do(desk, found)
    return True


def act(desk: Desk, action_id: str) -> None:
    """Do an action, by id."""
    DOES[action_id](desk)


def can(desk: Desk, action_id: str) -> bool:
    """Tell whether an action makes sense now."""
    return action(action_id).enabled(desk.work.session)


def keys_of(desk: Desk, entry: Action) -> str:
    """Return the first keys that an action has in this project, as people read them; empty for none."""
    table = bindings(desk.work.session.instruction, desk.registry)
    mine = (one for one in entry.keys if table[one].kind == "action" and table[one].id == entry.id)
    return shown(next(mine, ""))


def action_button(
    desk: Desk, action_id: str, *, side: str | None = None, pressed: bool | None = None
) -> Node:
    """Return the button of an action: its icon, title and keys, greyed out while it makes no sense."""
    entry = action(action_id)
    return icon_button(
        entry.icon,
        entry.title,
        partial(act, desk, action_id),
        keys=keys_of(desk, entry),
        side=side,
        pressed=pressed,
        disabled=not can(desk, action_id),
    )


def _do(desk: Desk, binding: Binding) -> None:
    if binding.kind == "tool":
        desk.choose_tool(binding.id)
    elif binding.kind == "class":
        desk.choose_class(binding.id)
    else:
        act(desk, binding.id)


def _turn_setting(desk: Desk, key: Key) -> bool:
    session = desk.work.session
    values = session.settings_of(session.tool_id)
    for setting in session.tool.settings:
        keys, value = setting_keys(setting), values[setting.name]
        if key.combination not in keys:
            continue
        steps = -1 if isinstance(setting, Slider) and key.combination == keys[0] else 1
        turned = setting.turned(value, steps)  # type: ignore[arg-type]
        desk.change_setting(session.tool_id, setting.name, turned)
        return True
    return False


# --- what the actions do


def _pan(desk: Desk, right: float, down: float) -> None:
    stage = desk.stage
    if stage is None or stage.view is None:
        return
    # The view moves right when the image moves left under it, whichever way the view is turned.
    here, there = stage.view.to_image(0.0, 0.0), stage.view.to_image(right, down)
    stage.move_camera(Camera(here[0] - there[0], here[1] - there[1]))


def _cycle(desk: Desk, by: int) -> None:
    """Select the annotation after, or before, the one that is selected."""
    session = desk.work.session
    names = [view.id for view in session.annotations if not view.hidden]
    if not names:
        return
    at = names.index(session.selected[-1]) if session.selected and session.selected[-1] in names else None
    place = (0 if by > 0 else -1) if at is None else at + by
    session.select([names[place % len(names)]])


def _toggle_all(desk: Desk, members: set[str], toggle: Callable[[str], None]) -> None:
    """Turn the selection on where part of it is off, else off."""
    selected = desk.work.session.selected
    missing = [name for name in selected if name not in members]
    for name in missing or selected:
        toggle(name)


def _copy(desk: Desk) -> None:
    session = desk.work.session
    session.workplace.clipping = copied(session.context(1.0).chosen(), desk.work.ordinal)


def _paste(desk: Desk) -> None:
    session, view = desk.work.session, desk.stage.view if desk.stage is not None else None
    made = pasted(
        session.workplace.clipping,
        session.context(view.scale if view is not None else 1.0),
        desk.work.ordinal,
    )
    if made:
        session.make(made)
    elif session.workplace.clipping.views:
        desk.app.notify("What was copied lies outside of this image, so nothing was pasted.")


def _hide(desk: Desk) -> None:
    _toggle_all(desk, desk.work.workplace.hidden, desk.toggle_hidden)


def _lock(desk: Desk) -> None:
    _toggle_all(desk, desk.work.workplace.locked, desk.toggle_locked)


def _reclassify(desk: Desk) -> None:
    session = desk.work.session
    if session.class_id is not None:
        session.reclassify(session.class_id)


def _end_of_folder(desk: Desk, place: int) -> None:
    stack = desk.work.pane.place
    if stack is not None:
        desk.scrolling.go_to(desk.work.pane, place % len(stack.order))
        return
    _, count = desk.work.listing.place()
    asset = desk.work.listing.asset_at(count if place else 1)
    if asset is not None:
        desk.open_asset(asset.ordinal)


def _select_all(desk: Desk) -> None:
    session = desk.work.session
    session.select(view.id for view in session.annotations)


def _deselect(desk: Desk) -> None:
    session = desk.work.session
    if desk.stage is not None:
        desk.stage.gestures.cancel()  # a ruler that stays goes, too
    if session.workplace.interpolation.concerns(session.stack):
        discard_suggestion(desk)
    else:
        session.select(())


def _next_viewport(desk: Desk) -> None:
    work, keyed = desk.work, desk.stage is not None and desk.stage.key_pointer.on
    desk.viewports.activate(work.panes[(work.active + 1) % len(work.panes)])
    if keyed and desk.stage is not None:
        desk.stage.key_pointer.start()


def _toggle_pointer(desk: Desk) -> None:
    if desk.stage is not None:
        pointer = desk.stage.key_pointer
        if pointer.on:
            pointer.stop()
        else:
            pointer.start()
        desk.edges.render()


def _open_menu(desk: Desk) -> None:
    """Open the menu where the pointer stands that keys move, else at the selection."""
    stage = desk.stage
    place = stage.key_pointer.place if stage is not None else None
    if stage is not None and stage.view is not None and place is not None:
        desk.menu.open(desk.work.pane, stage.view.to_image(*place))
    else:
        desk.menu.open_at_selection()


def _move_focus(desk: Desk, by: int) -> None:
    desk.edges.move_focus(_PARTS, by)


def _go_home(desk: Desk) -> None:
    desk.edges.go("#/")


def _layout(layout: Layout) -> Callable[[Desk], object]:
    return lambda desk: desk.viewports.set_layout(layout)


DOES: dict[str, Callable[[Desk], object]] = {
    "undo": lambda desk: desk.undo(),
    "redo": lambda desk: desk.redo(),
    "copy": _copy,
    "paste": _paste,
    "delete": lambda desk: desk.work.session.delete_selected(),
    "reclassify": _reclassify,
    "hide": _hide,
    "lock": _lock,
    "save": lambda desk: desk.labels.save(),
    "questions": lambda desk: desk.labels.answer_questions(),
    "forward": lambda desk: desk.work.session.restack("forward"),
    "backward": lambda desk: desk.work.session.restack("backward"),
    "front": lambda desk: desk.work.session.restack("front"),
    "back": lambda desk: desk.work.session.restack("back"),
    "menu": _open_menu,
    "select-all": _select_all,
    "deselect": _deselect,
    "interpolate": begin_interpolation,
    "join": join_slices,
    "delete-object": delete_object,
    "accept": accept_suggestion,
    "next-annotation": lambda desk: _cycle(desk, 1),
    "previous-annotation": lambda desk: _cycle(desk, -1),
    "previous": lambda desk: desk.step(-1),
    "next": lambda desk: desk.step(1),
    "first": lambda desk: _end_of_folder(desk, 0),
    "last": lambda desk: _end_of_folder(desk, -1),
    "go-to-image": lambda desk: desk.work.listing.ask_index(),
    "filter-images": lambda desk: desk.work.listing.focus_search(),
    "submit": lambda desk: desk.submit(),
    "skip": lambda desk: desk.skip(),
    "reopen": lambda desk: desk.reopen(),
    "zoom-in": lambda desk: desk.display.zoom("in"),
    "zoom-out": lambda desk: desk.display.zoom("out"),
    "fit": lambda desk: desk.display.zoom("fit"),
    "actual": lambda desk: desk.display.zoom("actual"),
    "pan-left": lambda desk: _pan(desk, -_PAN, 0.0),
    "pan-right": lambda desk: _pan(desk, _PAN, 0.0),
    "pan-up": lambda desk: _pan(desk, 0.0, -_PAN),
    "pan-down": lambda desk: _pan(desk, 0.0, _PAN),
    "turn-right": lambda desk: desk.display.turn(1),
    "turn-left": lambda desk: desk.display.turn(-1),
    "mirror": lambda desk: desk.display.flip("horizontal"),
    "mirror-down": lambda desk: desk.display.flip("vertical"),
    "reset-light": lambda desk: desk.display.set_light(Light()),
    "banner": lambda desk: desk.display.toggle_extra("banner"),
    "measures": lambda desk: desk.display.toggle_extra("measures"),
    "overlay": lambda desk: desk.display.toggle_extra("overlay"),
    "references": lambda desk: desk.display.toggle_extra("references"),
    "layout-1x1": _layout("1x1"),
    "layout-1x2": _layout("1x2"),
    "layout-2x1": _layout("2x1"),
    "layout-2x2": _layout("2x2"),
    "layout-mpr": _layout("mpr"),
    "link": lambda desk: desk.viewports.toggle_linked(),
    "next-viewport": _next_viewport,
    "pointer": _toggle_pointer,
    "next-part": partial(_move_focus, by=1),
    "previous-part": partial(_move_focus, by=-1),
    "projects": _go_home,
    "palette": lambda desk: desk.app.open_sheet("palette"),
    "shortcuts": lambda desk: desk.app.open_sheet("shortcuts"),
    "sync": lambda desk: desk.app.sync_now(),
    "saved": lambda desk: desk.app.open_sheet("saved"),
    "export": lambda desk: desk.app.open_sheet("export"),
    "theme": lambda desk: desk.app.toggle_theme(),
}
"""What each action of `webapp.py.workspace.actions` does."""
