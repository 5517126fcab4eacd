"""The primitives under ``reactive``: signals, and readers that remember which signals they read.

Changes are pushed and values are pulled: setting a signal marks its readers. When a reader's turn comes, it
checks whether a version that it read has changed. So no reader sees half of a change or runs twice for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Generic, NoReturn, TypeVar

T = TypeVar("T")
Schedule = Callable[[Callable[[], None]], object]
"""Gets a function that must run once, now or later."""

NOTHING: Final[Any] = object()
_MOST_RUNS: Final = 100

observer: Any = None
"""Gets each read: the reader that is running, or the checker of strict mode. Otherwise None."""
_clock = 0
"""Counts all changes. While it stays the same, every computed value is up to date."""
_depth = 0
_waiting: deque[Effect] = deque()
_is_strict = False
_drawing = ""
"""Name of the computed value or part that is running and must not set anything."""


class Signal(Generic[T]):
    """One value that knows its readers: the primitive under ``reactive``."""

    __slots__ = ("__weakref__", "_fingerprint", "_readers", "name", "value", "version")

    def __init__(self, value: T, name: str = "Signal") -> None:
        self.name = name
        self.value = value
        self.version = 0
        self._readers: dict[Reader, None] = {}
        self._fingerprint = _fingerprint(value) if _is_strict else NOTHING

    def get(self) -> T:
        """Return the value, and subscribe the part, effect or computed value that is running."""
        if observer is not None:
            observer.note_read(self)
        return self.value

    def set(self, value: T) -> None:
        """Replace the value. Its readers run again unless the new value is equal to the old one."""
        if _is_strict:
            self._check_unchanged()
            if _drawing:
                raise RuntimeError(f"{self.name} is set while {_drawing} is computed or drawn")
        if not _is_same(self.value, value):
            self.value = value
            self._fingerprint = _fingerprint(value) if _is_strict else NOTHING
            self._announce()

    def _announce(self) -> None:
        global _clock, _depth
        _clock += 1
        self.version += 1
        if self._readers:
            _depth += 1
            try:
                for reader in tuple(self._readers):
                    reader.notify()
            finally:
                _depth -= 1
            if not _depth and _waiting:
                _flush()

    def _refresh(self) -> None:
        """Bring the version up to date. Only computed values need this."""

    def _join(self, reader: Reader) -> None:
        self._readers[reader] = None

    def _leave(self, reader: Reader) -> None:
        self._readers.pop(reader, None)

    def _check_unchanged(self) -> None:
        before, self._fingerprint = self._fingerprint, _fingerprint(self.value)
        if before is not NOTHING and not _is_same(before, self._fingerprint):
            raise RuntimeError(f"{self.name} was changed in place; set a new value instead")


class Reader:
    """Runs a function and remembers what it read: the base of effects, computed values and parts."""

    _sources: dict[Signal[Any], int]
    why: tuple[str, ...]
    """The values that caused its last run, as ``Class.name``. Empty for the first run."""

    @property
    def is_active(self) -> bool:
        """Whether it must be notified of changes."""
        raise NotImplementedError

    def notify(self) -> None:
        """Note that something it read may have changed. This must not run anything now."""
        raise NotImplementedError

    def note_read(self, signal: Signal[Any]) -> None:
        """Remember that a value is being read, and subscribe to it."""
        if signal not in self._sources:
            self._sources[signal] = signal.version
            if self.is_active:
                signal._join(self)
        if _is_strict:
            signal._check_unchanged()

    def capture(self, function: Callable[[], T], drawing: str = "") -> T:
        """Run a function and subscribe to what it reads, and to nothing else.

        With a name as ``drawing``, strict mode raises if the function sets a value.
        """
        global observer, _drawing
        before, self._sources = self._sources, {}
        outer = observer, _drawing
        observer, _drawing = self, drawing
        try:
            return function()
        finally:
            observer, _drawing = outer
            for signal in before:
                if signal not in self._sources:
                    signal._leave(self)

    def has_news(self) -> bool:
        """Return whether a value that was read has changed. ``why`` then says which."""
        causes: list[Signal[Any]] = []
        for signal, version in self._sources.items():
            if not causes:  # After the first change, later values may not be needed at all.
                signal._refresh()
            if signal.version != version:
                causes.append(signal)
        if causes:
            self.why = tuple(_describe(signal) for signal in causes)
        return bool(causes)

    def release(self) -> None:
        """Unsubscribe from everything."""
        sources, self._sources = self._sources, {}
        for signal in sources:
            signal._leave(self)


class Computed(Signal[T], Reader):
    """A value that depends on other values: computed when it is read, and kept until one of them changes.

    Parameters
    ----------
    function
        Returns the value and sets nothing. What it raises is raised again for each reader.
    name
        Its name in ``why``.
    """

    def __init__(self, function: Callable[[], T], name: str = "Computed") -> None:
        super().__init__(NOTHING, name)
        self._sources = {}
        self.why = ()
        self._function = function
        self._checked = -1
        self._is_stale = True
        self._is_running = False
        self._problem: Exception | None = None
        self._trace: TracebackType | None = None

    def get(self) -> T:
        """Return the value. It is computed again if something that it read has changed."""
        self._refresh()
        if observer is not None:
            observer.note_read(self)
        if self._problem is not None:
            raise self._problem.with_traceback(self._trace)
        return self.value

    def set(self, value: T) -> NoReturn:
        """Raise, because a computed value cannot be set."""
        raise AttributeError(f"{self.name} is computed: set what it is made of")

    @property
    def is_active(self) -> bool:
        """Whether it has readers. Without readers it is not subscribed, so that it can be freed."""
        return bool(self._readers)

    def notify(self) -> None:
        """Note that it may have to be computed again, and notify its readers."""
        if not self._is_stale:
            self._is_stale = True
            for reader in tuple(self._readers):
                reader.notify()

    def _refresh(self) -> None:
        if self._is_running:
            raise RuntimeError(f"{self.name} is computed from itself")
        if self._checked == _clock or (self._readers and not self._is_stale):
            return
        now, self._is_stale = _clock, False
        if self.version == 0 or self.has_news():
            self._compute()
        self._checked = now

    def _compute(self) -> None:
        self._is_running = True
        value, problem, self._trace = NOTHING, None, None
        try:
            value = self.capture(self._function, drawing=self.name)
        except Exception as raised:
            problem, self._trace = raised, raised.__traceback__
        except BaseException:
            self._is_stale = True
            raise
        finally:
            self._is_running = False
        if problem is not None or self._problem is not None or not _is_same(self.value, value):
            self.value, self._problem = value, problem
            self._fingerprint = _fingerprint(value) if _is_strict else NOTHING
            self.version += 1

    def _join(self, reader: Reader) -> None:
        if not self._readers:
            self._is_stale = self._checked != _clock
            for signal in self._sources:
                signal._join(self)
        self._readers[reader] = None

    def _leave(self, reader: Reader) -> None:
        if self._readers.pop(reader, NOTHING) is None and not self._readers:
            for signal in self._sources:
                signal._leave(self)


class Effect(Reader):
    """A function that runs again when something that it read has changed. ``effect`` creates it."""

    def __init__(self, function: Callable[[], object], schedule: Schedule | None, name: str) -> None:
        self.name = name
        self.why = ()
        self._sources = {}
        self._function = function
        self._schedule = schedule
        self._is_active = True
        self._is_waiting = True
        self._has_run = False

    @property
    def is_active(self) -> bool:
        """Whether it has not been stopped."""
        return self._is_active

    def notify(self) -> None:
        """Wait for the end of the outermost batch."""
        if not self._is_waiting:
            self._is_waiting = True
            _waiting.append(self)

    def start(self) -> None:
        """Run now, or pass ``run`` to the schedule."""
        if self._schedule is None:
            self.run()
        else:
            self._schedule(self.run)

    def run(self) -> None:
        """Run the function, unless nothing that it read has changed."""
        self._is_waiting = False
        if self._is_active and not (self._has_run and not self.has_news()):
            self._has_run = True
            with batch():
                self.capture(self._function)

    def stop(self) -> None:
        """Stop running, and unsubscribe from everything."""
        self._is_active = False
        self.release()


class batch:
    """Run effects once, at the end, for all values that are set inside. Do not ``await`` inside."""

    def __enter__(self) -> None:
        global _depth
        _depth += 1

    def __exit__(self, *_problem: object) -> None:
        global _depth
        _depth -= 1
        if not _depth and _waiting:
            _flush()


@contextmanager
def untracked() -> Generator[None]:
    """Read values without subscribing to them."""
    global observer
    outer, observer = observer, _checker if _is_strict else None
    try:
        yield
    finally:
        observer = outer


def why() -> tuple[str, ...]:
    """Return the values that caused the run of the running effect, computed value or part."""
    return getattr(observer, "why", ())


@contextmanager
def strict() -> Generator[None]:
    """Raise when a view or computed value sets something, or a list, dict or set is changed in place."""
    global _is_strict, observer
    outer = _is_strict, observer
    _is_strict, observer = True, _checker if observer is None else observer
    try:
        yield
    finally:
        _is_strict, observer = outer


class _Checker:
    """Checks reads in strict mode while no reader is running."""

    def note_read(self, signal: Signal[Any]) -> None:
        signal._check_unchanged()


_checker = _Checker()


def _flush() -> None:
    """Run the waiting effects. If some fail, the others still run, and the problems are raised at the end."""
    global _depth
    problems: list[Exception] = []
    runs: dict[Effect, int] = {}
    _depth += 1
    try:
        while _waiting:
            waiting = _waiting.popleft()
            runs[waiting] = runs.get(waiting, 0) + 1
            try:
                if runs[waiting] > _MOST_RUNS:
                    waiting._is_waiting = False
                    causes = ", ".join(waiting.why)
                    raise RuntimeError(f"{waiting.name} keeps changing what it reads: {causes}")
                waiting.start()
            except Exception as problem:
                problems.append(problem)
    finally:
        _depth -= 1
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise ExceptionGroup("several effects failed", problems)


def _describe(signal: Signal[Any]) -> str:
    causes = signal.why if isinstance(signal, Computed) else ()
    return f"{signal.name} ({', '.join(causes)})" if causes else signal.name


def _is_same(old: object, new: object) -> bool:
    """Return whether two values are equal. An array, whose ``==`` returns an array, equals only itself."""
    if old is new:
        return True
    if type(old) is not type(new):
        return False
    try:
        return (old == new) is True
    except Exception:
        return False


def _fingerprint(value: object) -> object:
    """Return the content of a container and of those in it, to notice later whether it has changed."""
    if isinstance(value, (list, tuple)):
        return (type(value), *map(_fingerprint, value))
    if isinstance(value, dict):
        return (dict, *((key, _fingerprint(item)) for key, item in value.items()))
    return (set, frozenset(value)) if isinstance(value, set) else value
