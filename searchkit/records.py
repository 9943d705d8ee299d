"""Records: frozen classes of named values that cost next to nothing to define.

A search from a cold start imports some thirty of them. A frozen dataclass generates and compiles its methods when it is
defined, a third of a millisecond each; these share theirs. A type checker sees dataclasses (PEP 681).
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Record:
    """A frozen record. Its fields are the annotations of the class, in order; those with values have defaults."""

    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        # What inspect.get_annotations would give, without importing inspect; every user has its annotations as strings.
        own = cls.__dict__.get("__annotations__", ())  # noqa: RUF063
        cls.__match_args__ = tuple(own)  # type: ignore[misc]

    def __init__(self, *values: Any, **named: Any) -> None:
        names = self.__match_args__
        given = dict(zip(names, values, strict=False))
        if len(values) == len(names) and not named:
            self.__dict__.update(given)
            return
        if len(values) > len(names) or given.keys() & named.keys() or named.keys() - set(names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(names)}")
        given.update(named)
        for name in names[len(values) :]:
            if name not in given:
                try:
                    given[name] = getattr(type(self), name)
                except AttributeError:
                    raise TypeError(f"{type(self).__name__} needs {name}") from None
        self.__dict__.update((name, given[name]) for name in names)

    def changed(self, **changes: Any) -> Self:
        """A copy with other values for some fields."""
        return type(self)(**(self.__dict__ | changes))

    def as_dict(self) -> dict[str, Any]:
        """The fields by name; records in them as dicts too."""
        return {
            name: value.as_dict() if isinstance(value := self.__dict__[name], Record) else value
            for name in self.__match_args__
        }

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({shown})"
