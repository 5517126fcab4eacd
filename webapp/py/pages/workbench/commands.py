"""What the shortcuts and actions of the workbench do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from webapp.py.pages.ports.shell import Route
from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.guide import open_guide
from webapp.py.pages.workbench.shortcuts import open_shortcuts
from webapp.py.pages.workbench.viewports.viewport_set import Layout
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.workspace.actions import Binding, action, bindings, setting_keys, shown, wants
from webapp.py.workspace.brightness_contrast import BrightnessContrast
from webapp.py.workspace.copying import copied, pasted
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.labeling_state import FALLBACK_TOOL
from webapp.py.workspace.messages import KeyPress, MoveCamera
from webapp.py.workspace.settings import Slider

_ALWAYS = ("undo", "redo")
"""Actions that are for the page during any gesture."""
_OF_DRAWING = ("Edit", "Select", "Objects across slices")
"""Groups of actions that are not for the page while a line or outline is drawn, except these:"""
_BESIDE_DRAWING = ("menu", "next-open", "questions")
_PAN = 80.0
"""CSS pixels by which one key press moves the view."""
_PARTS = (
    *(".top", ".panel.left", ".rail", ".tool-bar:has(button, input)"),
    *(".pane[data-active] .view, .view", ".panel.right"),
)
"""The parts of the page that F6 moves through, in the order of Tab."""


class Commands:
    """Runs the actions of a workbench for keys, buttons, the menu and the command palette.

    Parameters
    ----------
    workbench
        The workbench that they act on.
    """

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    def act(self, action_id: str) -> None:
        """Run an action by its id."""
        DOES[action_id](self._workbench)

    def can(self, action_id: str) -> bool:
        """Return whether an action is available now."""
        return action(action_id).enabled(self._workbench.session)

    def keys(self, action_id: str) -> str:
        """Return the first shortcut of an action in this project, as text for people; empty for none."""
        table = self._bindings
        mine = (
            one
            for one in action(action_id).keys
            if table[one].kind == "action" and table[one].id == action_id
        )
        return shown(next(mine, ""))

    @property
    def _bindings(self) -> Mapping[str, Binding]:
        labeling = self._workbench.labeling
        return bindings(labeling.instruction, labeling.registry)

    def take_key(self, key: KeyPress, *, typing: bool = False) -> bool:
        """Handle a key that was pressed on the page and return whether the workbench used it.

        ``typing`` means that it was pressed in a text field, which handles most keys itself.
        """
        canvas = self._workbench.canvas
        if canvas is None:
            return False
        found = self._bindings.get(key.combination)
        if typing and not (found is not None and found.kind == "action" and action(found.id).anywhere):
            return False
        if self._point(canvas, key):
            return True
        panels = self._workbench.panels
        if key.combination == "Escape" and panels.drawer is not None and not canvas.gestures.busy:
            panels.hide_drawer(panels.drawer)
            return True
        taken = self._take(canvas, key, found)
        canvas.key_pointer.refresh()
        return taken

    def _point(self, canvas: ViewportCanvas, key: KeyPress) -> bool:
        """Pass a key to the keyboard pointer and return whether that used it."""
        before = canvas.key_pointer.on
        taken = canvas.key_pointer.take(key)
        if canvas.key_pointer.on is not before:
            self._workbench.sessions_changed()
        return taken

    def _take(self, canvas: ViewportCanvas, key: KeyPress, found: Binding | None) -> bool:
        session, gestures = self._workbench.session, canvas.gestures
        if found is not None and found.kind == "class":
            self._choose_class(found.id)
        elif self._change_setting(key):
            return True
        elif (gestures.busy and not _leaves(gestures, key, found)) or (
            not gestures.busy and wants(session.tool, key, session.selected)
        ):
            canvas.key(key)
        elif found is None or (key.key == "Enter" and found.id == "accept" and not self.can(found.id)):
            return False
        else:
            self._do(found)
        return True

    def _do(self, binding: Binding) -> None:
        if binding.kind == "tool":
            self._choose_tool(binding.id)
        elif binding.kind == "class":
            self._choose_class(binding.id)
        else:
            self.act(binding.id)

    def _choose_tool(self, tool_id: str) -> None:
        """Choose a tool, unless the image lacks what it needs."""
        workbench = self._workbench
        tool = workbench.labeling.registry.tool(tool_id)
        if workbench.viewport.suits(tool):
            workbench.session.choose_tool(tool_id)
        else:
            workbench.say(texts.TOOL_NEEDS[tool.needs])

    def _choose_class(self, class_id: str) -> None:
        """Give the selection a class while the Select tool is active; else draw in it from now on."""
        workbench, session = self._workbench, self._workbench.session
        if not session.selected or session.tool_id != FALLBACK_TOOL:
            session.choose_class(class_id)
            return
        before = session.history.last
        session.reclassify(class_id)
        session.labeling.activate_class(class_id)
        step = session.history.last
        known = session.label_class(class_id)
        if step is not None and step is not before and known is not None:
            workbench.say(texts.reclassified(known.name), partial(session.take_back, session.history, step))

    def _change_setting(self, key: KeyPress) -> bool:
        session = self._workbench.session
        values = session.settings_of(session.tool_id)
        for setting in session.tool.settings:
            keys, value = setting_keys(setting), values[setting.name]
            if key.combination not in keys:
                continue
            steps = -1 if isinstance(setting, Slider) and key.combination == keys[0] else 1
            turned = setting.turned(value, steps)  # type: ignore[arg-type]
            session.change_setting(session.tool_id, setting.name, turned)
            return True
        return False


def _leaves(gestures: Gestures, key: KeyPress, found: Binding | None) -> bool:
    """Return whether a key is for the page during a gesture: only a drawing of several clicks can wait."""
    if found is None:
        return False
    if found.kind == "action" and found.id in _ALWAYS:
        return True
    if gestures.unfinished is None or any(hint.key == key.combination for hint in gestures.session.tool.keys):
        return False
    beside = found.kind != "action" or found.id in _BESIDE_DRAWING
    return beside or action(found.id).group not in _OF_DRAWING


# --- what the actions do


def _pan(workbench: Workbench, right: float, down: float) -> None:
    canvas = workbench.canvas
    if canvas is None or canvas.view is None:
        return
    # The view moves right when the image moves left under it, whichever way the view is rotated.
    here, there = canvas.view.to_image(0.0, 0.0), canvas.view.to_image(right, down)
    canvas.move_camera(MoveCamera(here[0] - there[0], here[1] - there[1]))


def _cycle(workbench: Workbench, by: int) -> None:
    """Select the annotation after or before the selected one."""
    session = workbench.session
    names = [view.id for view in session.annotations if not view.hidden]
    if not names:
        return
    at = names.index(session.selected[-1]) if session.selected and session.selected[-1] in names else None
    place = (0 if by > 0 else -1) if at is None else at + by
    session.select([names[place % len(names)]])


def _toggle_all(workbench: Workbench, members: set[str], toggle: Callable[[str], None]) -> None:
    """Turn the whole selection on if part of it is off, else turn it off."""
    selected = workbench.session.selected
    missing = [name for name in selected if name not in members]
    for name in missing or selected:
        toggle(name)


def _copy(workbench: Workbench) -> None:
    session = workbench.session
    session.labeling.clipboard = copied(session.context(1.0).chosen(), workbench.viewports.ordinal)


def _paste(workbench: Workbench) -> None:
    session, view = workbench.session, workbench.canvas.view if workbench.canvas is not None else None
    made = pasted(
        session.labeling.clipboard,
        session.context(view.scale if view is not None else 1.0),
        workbench.viewports.ordinal,
    )
    if made:
        session.make(made)
    elif session.labeling.clipboard.views:
        workbench.say(texts.NOTHING_PASTED)


def _hide(workbench: Workbench) -> None:
    _toggle_all(workbench, workbench.labeling.hidden, workbench.labeling.toggle_hidden)


def _lock(workbench: Workbench) -> None:
    _toggle_all(workbench, workbench.labeling.locked, workbench.labeling.toggle_locked)


def _reclassify(workbench: Workbench) -> None:
    session = workbench.session
    if session.class_id is not None:
        session.reclassify(session.class_id)


def _select_all(workbench: Workbench) -> None:
    session = workbench.session
    session.select(view.id for view in session.annotations)


def _deselect(workbench: Workbench) -> None:
    session = workbench.session
    if workbench.canvas is not None:
        workbench.canvas.gestures.cancel()  # this also removes a ruler
    if session.labeling.interpolation.concerns(session.stack):
        workbench.objects.discard()
    else:
        session.select(())


def _next_viewport(workbench: Workbench) -> None:
    keyed = workbench.canvas is not None and workbench.canvas.key_pointer.on
    workbench.layouts.activate_next()
    if keyed and workbench.canvas is not None:
        workbench.canvas.key_pointer.start()


def _toggle_pointer(workbench: Workbench) -> None:
    if workbench.canvas is not None:
        pointer = workbench.canvas.key_pointer
        if pointer.on:
            pointer.stop()
        else:
            pointer.start()
        workbench.sessions_changed()


def _open_menu(workbench: Workbench) -> None:
    """Open the menu at the keyboard pointer, or at the selection if that is off."""
    canvas = workbench.canvas
    place = canvas.key_pointer.place if canvas is not None else None
    if canvas is not None and canvas.view is not None and place is not None:
        workbench.menu.open(workbench.viewport, canvas.view.to_image(*place))
    else:
        workbench.menu.open_at_selection()


def _move_focus(workbench: Workbench, by: int) -> None:
    workbench.ports.window.move_focus(_PARTS, by)


def _in_list(workbench: Workbench, focus: Callable[[], None]) -> None:
    """Open the images panel, and focus something in it."""
    workbench.panels.reveal("left")
    focus()


def _answer(workbench: Workbench) -> None:
    workbench.panels.reveal("right")
    workbench.labels.answer_questions()


def _go_home(workbench: Workbench) -> None:
    workbench.shell.go(Route())


def _open_export(workbench: Workbench) -> None:
    workbench.shell.open_dialog("exchange", "export", workbench.project, workbench.store)


def _open_shortcuts(workbench: Workbench) -> None:
    open_shortcuts(workbench.labeling, workbench.shell)


def _layout(layout: Layout) -> Callable[[Workbench], object]:
    return lambda workbench: workbench.layouts.set_layout(layout)


DOES: dict[str, Callable[[Workbench], object]] = {
    "undo": lambda workbench: workbench.undo(),
    "redo": lambda workbench: workbench.redo(),
    "copy": _copy,
    "paste": _paste,
    "delete": lambda workbench: workbench.session.delete_selected(),
    "reclassify": _reclassify,
    "hide": _hide,
    "lock": _lock,
    "next-open": lambda workbench: workbench.labels.next_open(),
    "questions": _answer,
    "forward": lambda workbench: workbench.session.reorder("forward"),
    "backward": lambda workbench: workbench.session.reorder("backward"),
    "front": lambda workbench: workbench.session.reorder("front"),
    "back": lambda workbench: workbench.session.reorder("back"),
    "menu": _open_menu,
    "select-all": _select_all,
    "deselect": _deselect,
    "new-object": lambda workbench: workbench.session.select(()),
    "interpolate": lambda workbench: workbench.objects.begin(),
    "join": lambda workbench: workbench.objects.join_slices(),
    "delete-object": lambda workbench: workbench.objects.delete_object(),
    "accept": lambda workbench: workbench.objects.accept(),
    "next-annotation": lambda workbench: _cycle(workbench, 1),
    "previous-annotation": lambda workbench: _cycle(workbench, -1),
    "previous": lambda workbench: workbench.navigation.step(-1),
    "next": lambda workbench: workbench.navigation.step(1),
    "first": lambda workbench: workbench.navigation.go_to_end(last=False),
    "last": lambda workbench: workbench.navigation.go_to_end(last=True),
    "go-to-image": lambda workbench: _in_list(workbench, workbench.image_list.counter.focus),
    "filter-images": lambda workbench: _in_list(workbench, workbench.image_list.search.focus),
    "submit": lambda workbench: workbench.finishing.submit(),
    "skip": lambda workbench: workbench.finishing.ask_to_skip(),
    "reopen": lambda workbench: workbench.finishing.reopen(),
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
    "reset-light": lambda workbench: workbench.display.set_brightness_contrast(BrightnessContrast()),
    "banner": lambda workbench: workbench.display.toggle_overlay_option("banner"),
    "measures": lambda workbench: workbench.display.toggle_overlay_option("measures"),
    "overlay": lambda workbench: workbench.display.toggle_overlay_option("overlay"),
    "names": lambda workbench: workbench.display.toggle_overlay_option("names"),
    "guides": lambda workbench: workbench.display.toggle_overlay_option("guides"),
    "references": lambda workbench: workbench.display.toggle_overlay_option("references"),
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
    "panel-left": lambda workbench: workbench.panels.toggle("left"),
    "panel-right": lambda workbench: workbench.panels.toggle("right"),
    "projects": _go_home,
    "palette": lambda workbench: workbench.shell.open_palette(),
    "shortcuts": _open_shortcuts,
    "guide": lambda workbench: open_guide(workbench.labeling, workbench.shell),
    "sync": lambda workbench: workbench.shell.sync_now(),
    "saved": lambda workbench: workbench.shell.open_saved(),
    "export": _open_export,
    "theme": lambda workbench: workbench.shell.toggle_theme(),
}
"""What each action of `webapp.py.workspace.actions` does."""
