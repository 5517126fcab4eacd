"""State that knows its readers: reading a value subscribes to it, and setting it runs the readers again.

``reactive`` declares a value on a plain class, ``computed`` derives a value, ``effect`` runs code when values
change, and a ``part`` of ``webapp.py.ui.tree`` draws them. Setting an equal value does nothing. Replace
values, don't change them in place. With ``strict``, tests fail where this is forgotten.

Examples
--------
>>> class Counter:
...     count = reactive(0)
>>> counter = Counter()
>>> following = effect(lambda: print("count is", counter.count))
count is 0
>>> counter.count += 1
count is 1
>>> following.why
('Counter.count',)
>>> following.stop()
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload
from weakref import WeakValueDictionary

from webapp.py.ui import signals
from webapp.py.ui.signals import Computed, Effect, Schedule, Signal, batch, strict, untracked, why

__all__ = [
    "Computed",
    "Effect",
    "Signal",
    "Topics",
    "batch",
    "computed",
    "effect",
    "reactive",
    "strict",
    "untracked",
    "why",
]

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


_READ = """
def read(instance):
    try:
        signal = instance.{place}
    except AttributeError:
        signal = begin(instance)
    observer = signals.observer
    if observer is not None:
        observer.note_read(signal)
    return signal.value
"""
# Generated for each attribute, because reading a fixed attribute is twice as fast as a dictionary look-up.


class reactive(Generic[T]):
    """Declare an attribute whose readers run again when it is set.

    Each instance has its own value. It starts as the default or as what the factory returns. Without either,
    it must be set before it is read. It becomes a ``property``, which is the fastest to read.
    """

    @overload
    def __init__(self) -> None: ...
    @overload
    def __init__(self, default: T) -> None: ...
    @overload
    def __init__(self, *, factory: Callable[[], T]) -> None: ...
    def __init__(self, default: T = signals.NOTHING, *, factory: Callable[[], T] | None = None) -> None:
        if isinstance(default, (list, dict, set)):
            raise TypeError(f"all instances would share one {type(default).__name__}: give a factory")
        self._default = default
        self._factory = factory

    def __set_name__(self, owner: type, name: str) -> None:
        label = f"{owner.__qualname__}.{name}"
        # With the class in the name, a subclass can declare the same attribute and still read its base's.
        place = f"_{owner.__name__}__{name}_signal"

        def begin(instance: Any) -> Signal[T]:
            value = self._default if self._factory is None else self._factory()
            if value is signals.NOTHING:
                raise AttributeError(f"{label} has not been set")
            signal = instance.__dict__[place] = Signal(value, label)
            return signal

        def write(instance: Any, value: T) -> None:
            signal = instance.__dict__.get(place)
            if signal is None:
                instance.__dict__[place] = Signal(value, label)
            else:
                signal.set(value)

        names: dict[str, Any] = {"begin": begin, "signals": signals}
        exec(_READ.format(place=place), names)
        setattr(owner, name, property(names["read"], write))

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> property: ...
        @overload
        def __get__(self, instance: object, owner: type) -> T: ...
        def __get__(self, instance: object, owner: type) -> Any: ...
        def __set__(self, instance: object, value: T) -> None: ...


class computed(Generic[T]):
    """Turn a method into an attribute: computed when it is read, and kept until what it read changes."""

    def __init__(self, method: Callable[[Any], T]) -> None:
        self._method = method

    def __set_name__(self, owner: type, name: str) -> None:
        label = f"{owner.__qualname__}.{name}"
        method = self._method

        def read(instance: Any) -> T:
            try:
                value: Computed[T] = instance.__dict__[label]
            except KeyError:
                value = instance.__dict__[label] = Computed(partial(method, instance), label)
            return value.get()

        setattr(owner, name, property(read, doc=method.__doc__))

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type) -> property: ...
        @overload
        def __get__(self, instance: object, owner: type) -> T: ...
        def __get__(self, instance: object, owner: type) -> Any: ...


def effect(function: Callable[[], object], schedule: Schedule | None = None, *, name: str = "") -> Effect:
    """Run a function now, and again whenever something that it read changes.

    Parameters
    ----------
    function
        May set values, even those that it reads, as long as this ends.
    schedule
        Gets ``run`` each time the effect must run, including the first, and calls it later, for example in
        the next frame. Without it, the effect runs at the end of the outermost batch.
    name
        Its name in error messages. By default, the function's name.

    Returns
    -------
    Effect
        It is active until ``stop`` is called.
    """
    made = Effect(function, schedule, name or getattr(function, "__qualname__", "effect"))
    try:
        made.start()
    except BaseException:
        made.stop()
        raise
    return made


class Topics(Generic[K]):
    """Lets readers of a large store subscribe to keys: a record, a table, an image.

    The store calls ``read`` when something is read and ``changed`` when something has changed. A key without
    readers costs nothing.
    """

    def __init__(self, name: str = "Topics") -> None:
        self._name = name
        self._signals: WeakValueDictionary[K, Signal[int]] = WeakValueDictionary()

    def read(self, key: K) -> None:
        """Subscribe the running part, effect or computed value to a key."""
        if signals.observer is not None:
            signal = self._signals.get(key)
            if signal is None:
                signal = self._signals[key] = Signal(0, f"{self._name}[{key!r}]")
            signal.get()

    @property
    def read_keys(self) -> list[K]:
        """The keys with readers."""
        return list(self._signals)

    def changed(self, keys: Iterable[K]) -> None:
        """Run the readers of these keys again."""
        with batch():
            for key in keys:
                signal = self._signals.get(key)
                if signal is not None:
                    signal.set(signal.value + 1)
