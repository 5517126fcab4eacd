"""The actions of the workspace, as one table for keys, buttons, command palette and help.

To add an action, append an `Action` to `ACTIONS` here, and its function under the same id to `DOES` in
`webapp.py.pages.workbench.commands`. It then has its key and its line in the palette and the help, and
``action_button(workbench, id)`` of that module returns its button. Tests reject an action without a function
or key, with a key that another action has, or with an icon that is not in webapp/icons.txt.

Keys are combinations as in `KeyPress.combination`. A combination belongs to

1. an action, if it includes Ctrl or is a named key (`is_reserved`), so that an instruction cannot override
   Undo;
2. else a class of the instruction, the first that uses it; the first ten classes also have the digits 1 to 9
   and 0, unless a shortcut uses them;
3. else an action; else a tool.

Keys of a tool's settings or gesture come before 3 while that tool is active. `conflicts` lists what has no
key because of these rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from webapp.py.domain.model import Instruction
from webapp.py.workspace import texts
from webapp.py.workspace.editing import can_reopen
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.settings import Setting, Slider
from webapp.py.workspace.tool import KeyPress, Tool


def _always(_: ImageSession) -> bool:
    return True


def _has_image(session: ImageSession) -> bool:
    return session.ready


def _has_selection(session: ImageSession) -> bool:
    return bool(session.selected)


def _has_annotations(session: ImageSession) -> bool:
    return bool(session.annotations)


def _has_guide(session: ImageSession) -> bool:
    return bool(session.instruction.guide.strip())


def _has_object(session: ImageSession) -> bool:
    return bool(session.selected) and session.stack is not None


def _has_suggestion(session: ImageSession) -> bool:
    interpolation = session.labeling.interpolation
    return interpolation.suggestion is not None and interpolation.concerns(session.stack)


def _can_change(session: ImageSession) -> bool:
    return session.ready and session.closed is None


def _can_reopen(session: ImageSession) -> bool:
    return session.ready and can_reopen(session.scope)


def _can_paste(session: ImageSession) -> bool:
    return _can_change(session) and bool(session.labeling.clipboard.views)


def _can_undo(session: ImageSession) -> bool:
    return session.can_undo


def _can_redo(session: ImageSession) -> bool:
    return session.can_redo


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a person can do.

    ``enabled`` returns whether it is available now; if not, it is not in the palette and its buttons are
    disabled. With ``anywhere``, its keys also work while the person types into a field.
    """

    id: str
    title: str
    group: str
    keys: tuple[str, ...]
    icon: str = ""
    enabled: Callable[[ImageSession], bool] = _always
    anywhere: bool = False


ACTIONS = (
    Action("undo", "Undo", "Edit", ("ctrl+z",), "undo-2", _can_undo),
    Action("redo", "Redo", "Edit", ("ctrl+shift+z", "ctrl+y"), "redo-2", _can_redo),
    Action("copy", "Copy the selection", "Edit", ("ctrl+c",), "copy", _has_selection),
    Action("paste", "Paste", "Edit", ("ctrl+v",), "clipboard-list", _can_paste),
    Action("delete", "Delete the selection", "Edit", ("Delete", "Backspace"), "trash-2", _has_selection),
    Action("reclassify", "Change the selection to the active class", "Edit", ("shift+c",), "tag",
           _has_selection),
    Action("hide", "Hide or show the selection", "Edit", ("shift+h",), "eye-off", _has_selection),
    Action("lock", "Lock or unlock the selection", "Edit", ("shift+l",), "lock", _has_selection),
    Action("next-open", "Next open question", "Edit", ("ctrl+s",), "list-checks", _has_image, True),
    Action("questions", "Answer the questions", "Edit", ("q",), "list-checks", _has_image),
    Action("forward", "Bring the selection forward", "Edit", ("PageUp",), "arrow-up", _has_selection),
    Action("backward", "Send the selection backward", "Edit", ("PageDown",), "arrow-down", _has_selection),
    Action("front", "Bring the selection to the front", "Edit", ("shift+PageUp",), "arrow-up-to-line",
           _has_selection),
    Action("back", "Send the selection to the back", "Edit", ("shift+PageDown",), "arrow-down-to-line",
           _has_selection),
    Action("interpolate", "Interpolate the object between slices", "Objects across slices", ("shift+i",),
           "layers", _has_object),
    Action("join", "Join with the object on the nearest slice", "Objects across slices", ("shift+j",),
           "link-2", _has_object),
    Action("delete-object", "Delete the selected objects on all slices", "Objects across slices",
           ("shift+Delete",), "trash-2", _has_object),
    Action("accept", "Accept the suggestion", "Objects across slices", ("Enter",), "check",
           _has_suggestion),
    Action("menu", "Open the menu of the selection", "Edit", ("shift+F10", "ContextMenu"),
           "ellipsis-vertical", _has_image),
    Action("select-all", "Select all", "Select", ("ctrl+a",), "list-checks", _has_annotations),
    Action("deselect", "Cancel, or clear the selection", "Select", ("Escape",), "x", _has_selection),
    Action("new-object", "Start a new object", "Select", ("n",), "plus", _has_selection),
    Action("next-annotation", "Next annotation", "Select", ("shift+n", "alt+ArrowDown"), "chevron-down",
           _has_annotations),
    Action("previous-annotation", "Previous annotation", "Select", ("shift+p", "alt+ArrowUp"), "chevron-up",
           _has_annotations),
    Action("previous", "Previous image", "Images", ("ArrowLeft",), "arrow-left"),
    Action("next", "Next image", "Images", ("ArrowRight",), "arrow-right"),
    Action("first", "First image in the folder", "Images", ("Home",), "chevron-up"),
    Action("last", "Last image in the folder", "Images", ("End",), "chevron-down"),
    Action("go-to-image", "Go to image by number", "Images", ("ctrl+g",), "locate-fixed"),
    Action("filter-images", "Filter the images", "Images", ("/", "ctrl+f"), "list-filter"),
    Action("submit", "Submit and go to the next image", "Images", ("ctrl+Enter",), "check", _can_change,
           True),
    Action("skip", "Skip and go to the next image", "Images", ("ctrl+shift+Enter",), "skip-forward",
           _can_change, True),
    Action("reopen", "Reopen the image to edit", "Images", ("alt+Enter",), "rotate-ccw", _can_reopen),
    Action("pointer", "Draw with the keyboard", "Draw with the keyboard", ("F2", "alt+k"), "crosshair",
           _has_image),
    Action("zoom-in", "Zoom in", "View", ("+", "=", "shift++"), "plus", _has_image),
    Action("zoom-out", "Zoom out", "View", ("-",), "minus", _has_image),
    Action("fit", "Fit the image", "View", ("shift+f",), "maximize", _has_image),
    Action("actual", "Actual size", "View", ("shift+z",), "image-upscale", _has_image),
    Action("pan-left", "Move the view left", "View", ("ctrl+ArrowLeft",), "arrow-left", _has_image),
    Action("pan-right", "Move the view right", "View", ("ctrl+ArrowRight",), "arrow-right", _has_image),
    Action("pan-up", "Move the view up", "View", ("ctrl+ArrowUp",), "arrow-up", _has_image),
    Action("pan-down", "Move the view down", "View", ("ctrl+ArrowDown",), "arrow-down", _has_image),
    Action("turn-right", "Rotate right", "View", ("t",), "rotate-cw", _has_image),
    Action("turn-left", "Rotate left", "View", ("shift+t",), "rotate-ccw", _has_image),
    Action("mirror", "Flip horizontally", "View", ("shift+x",), "flip-horizontal-2", _has_image),
    Action("mirror-down", "Flip vertically", "View", ("shift+y",), "flip-vertical-2",
           _has_image),
    Action("reset-light", "Reset brightness and contrast", "View", ("shift+w",), "sun", _has_image),
    Action("banner", "Show or hide patient and series", "View", ("shift+b",), "id-card", _has_image),
    Action("overlay", "Show or hide the overlay of the file", "View", ("shift+o",), "layers", _has_image),
    Action("measures", "Show or hide area and values", "View", ("shift+a",), "ruler", _has_image),
    Action("names", "Show or hide names on the image", "View", ("shift+e",), "tag", _has_image),
    Action("guides", "Show or hide lines through the pointer", "View", ("shift+g",), "crosshair", _has_image),
    Action("references", "Show or hide reference lines", "View", ("shift+r",), "grid-3x3", _has_image),
    Action("layout-1x1", "Layout 1 × 1", "Layout", ("alt+1",), "square"),
    Action("layout-1x2", "Layout 1 × 2", "Layout", ("alt+2",), "columns-2"),
    Action("layout-2x1", "Layout 2 × 1", "Layout", ("alt+3",), "rows-2"),
    Action("layout-2x2", "Layout 2 × 2", "Layout", ("alt+4",), "grid-2x2"),
    Action("layout-mpr", "Layout of three planes: axial, sagittal, coronal", "Layout", ("alt+5",), "box"),
    Action("link", "Link or unlink viewports", "Layout", ("alt+l",), "link-2"),
    Action("next-viewport", "Next viewport", "Layout", ("alt+n",), "layout-grid"),
    Action("next-part", "Next part of the page", "Go to", ("F6",), "panel-right", anywhere=True),
    Action("previous-part", "Previous part of the page", "Go to", ("shift+F6",), "panel-left", anywhere=True),
    Action("panel-left", "Show or hide images", "Panels", ("ctrl+b",), "panel-left", anywhere=True),
    Action("panel-right", "Show or hide labels", "Panels", ("ctrl+alt+b",), "panel-right", anywhere=True),
    Action("projects", "All projects", "Go to", ("alt+Home",), "house"),
    Action("palette", "Find a command, class or image", "Go to", ("ctrl+k", "ctrl+shift+p"), "command",
           anywhere=True),
    Action("shortcuts", "Keyboard shortcuts", "Go to", ("?", "shift+?", "F1"), "keyboard"),
    Action("guide", "Labeling guide", "Project", ("alt+g",), "book-open", _has_guide, anywhere=True),
    Action("sync", "Sync now", "Project", ("alt+s",), "refresh-cw", anywhere=True),
    Action("saved", "Where your work is", "Project", ("ctrl+shift+s",), "hard-drive"),
    Action("export", "Export", "Project", ("ctrl+shift+e",), "download"),
    Action("theme", "Switch between dark and light", "Project", ("shift+d",), "sun-moon"),
)  # fmt: skip
"""All actions, in the order of the help; groups are in the order of first appearance."""

DIGITS = "1234567890"
"""The keys of the first ten classes."""
_NAMES = {
    "ctrl": "Ctrl",
    "shift": "Shift",
    "alt": "Alt",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "Escape": "Esc",
    "Delete": "Del",
    "ContextMenu": "Menu",
    " ": "Space",
}
_HELD = {"ctrl": "ctrl", "control": "ctrl", "cmd": "ctrl", "meta": "ctrl", "alt": "alt", "option": "alt"}
_NAMED = {
    name.lower(): name
    for name in (
        *("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"),
        *("Enter", "Escape", "Delete", "Backspace", "Insert", "Tab", "ContextMenu"),
        *(f"F{number}" for number in range(1, 13)),
    )
} | {"del": "Delete", "esc": "Escape", "space": " "}


def action(action_id: str) -> Action:
    """Return the action with this id.

    Raises
    ------
    KeyError
        If there is none.
    """
    for one in ACTIONS:
        if one.id == action_id:
            return one
    raise KeyError(action_id)


def shown(combination: str) -> str:
    """Return a key combination as text for people.

    Examples
    --------
    >>> shown("ctrl+shift+z")
    'Ctrl+Shift+Z'
    """
    if combination in ("+", "shift++"):
        return "+"
    if combination == "shift+?":
        return "?"
    parts = combination.split("+")
    return "+".join(_NAMES.get(part, part.upper() if len(part) == 1 else part) for part in parts)


def normalized(shortcut: str) -> str:
    """Return a shortcut as people write it (``SHIFT+N``) as a combination (``shift+n``) or empty.

    Examples
    --------
    >>> normalized("Shift + N"), normalized("CTRL+del"), normalized("")
    ('shift+n', 'ctrl+Delete', '')
    """
    parts = [part.strip().lower() for part in shortcut.split("+") if part.strip()]
    wanted = {"shift" if part == "shift" else _HELD[part] for part in parts if part in (*_HELD, "shift")}
    held = [name for name in ("ctrl", "alt", "shift") if name in wanted]
    plain = [_NAMED.get(part, part) for part in parts if part not in _HELD and part != "shift"]
    return "+".join([*held, *plain])


def is_reserved(combination: str) -> bool:
    """Return whether actions have priority for a combination: with Ctrl, or a named key.

    Examples
    --------
    >>> is_reserved("ctrl+z"), is_reserved("Delete"), is_reserved("shift+n"), is_reserved("1")
    (True, True, False, False)
    """
    if combination in ("+", "shift++"):
        return False
    *held, plain = combination.split("+")
    return "ctrl" in held or len(plain) > 1


@dataclass(frozen=True, slots=True)
class Binding:
    """What a combination does: an action, a class or a tool, by id; ``name`` is its name for people."""

    kind: Literal["action", "class", "tool"]
    id: str
    name: str = ""


_made: tuple[Instruction, Registry, dict[str, Binding]] | None = None


def bindings(instruction: Instruction, registry: Registry) -> dict[str, Binding]:
    """Return what every combination does. Do not change the result: it is cached."""
    global _made
    # Every button asks for it in every frame of the page.
    if _made is None or _made[0] is not instruction or _made[1] is not registry:
        _made = (
            instruction,
            registry,
            {keys: found[0] for keys, found in _claims(instruction, registry).items()},
        )
    return _made[2]


def conflicts(instruction: Instruction, registry: Registry) -> list[str]:
    """Return a sentence for each combination that more than one thing uses."""
    sentences = []
    for keys, (first, *others) in _claims(instruction, registry).items():
        names = [_called(one) for one in others]
        if first.kind == "class":
            names += _used_by_tools(keys, registry)
        if names:
            sentences.append(texts.shortcut_conflict(shown(keys), _called(first), names))
    return sentences


def class_keys(instruction: Instruction, registry: Registry, class_id: str) -> tuple[str, ...]:
    """Return the combinations that choose a class; its own shortcut is the first."""
    one = next((one for one in instruction.classes if one.id == class_id), None)
    own = normalized(one.shortcut) if one is not None else ""
    table = bindings(instruction, registry)
    keys = [keys for keys in (own, *DIGITS) if keys in table and table[keys].kind == "class"]
    return tuple(dict.fromkeys(keys_ for keys_ in keys if table[keys_].id == class_id))


def wants(tool: Tool, key: KeyPress, selected: Sequence[str]) -> bool:
    """Return whether an idle tool reacts to a key: one of its `keys`, while something is selected."""
    return bool(selected) and any(hint.key == key.combination and not hint.drawing for hint in tool.keys)


def setting_keys(setting: Setting) -> tuple[str, ...]:
    """Return the combinations that change a setting."""
    if isinstance(setting, Slider):
        return tuple(normalized(key) for key in setting.keys or ())
    return (normalized(setting.key),) if setting.key else ()


def _claims(instruction: Instruction, registry: Registry) -> dict[str, list[Binding]]:
    """Return what uses each combination, the one that gets it first."""
    asked: list[tuple[str, Binding]] = []
    by_action = [(keys, Binding("action", one.id, one.title)) for one in ACTIONS for keys in one.keys]
    asked += [pair for pair in by_action if is_reserved(pair[0])]
    asked += [(normalized(one.shortcut), Binding("class", one.id, one.name)) for one in instruction.classes]
    shortcuts = {keys for keys, _ in asked}
    asked += [
        (digit, Binding("class", one.id, one.name))
        for digit, one in zip(DIGITS, instruction.classes, strict=False)
        if digit not in shortcuts
    ]
    asked += [pair for pair in by_action if not is_reserved(pair[0])]
    asked += [(normalized(tool.key), Binding("tool", tool.id, tool.title)) for tool in registry.tools]
    claims: dict[str, list[Binding]] = {}
    for keys, binding in asked:
        if keys:
            claims.setdefault(keys, []).append(binding)
    return claims


def _called(binding: Binding) -> str:
    kind = {"action": "", "class": "the class ", "tool": "the tool "}[binding.kind]
    return f"{kind}“{binding.name}”"


def _used_by_tools(keys: str, registry: Registry) -> list[str]:
    names: list[str] = []
    for tool in registry.tools:
        names += [f"“{one.title}” of {tool.title}" for one in tool.settings if keys in setting_keys(one)]
        names += [f"“{hint.does}” of {tool.title}" for hint in tool.keys if hint.key == keys]
    return names
