"""Text as engines outside of Python take it, which want UTF-8.

Names of files can have lone surrogates, which no UTF-8 has: they are moved to the last private-use plane and back.
"""

from __future__ import annotations

_TO_WIRE = {code: code - 0xD800 + 0x10F000 for code in range(0xD800, 0xE000)}
_FROM_WIRE = {there: here for here, there in _TO_WIRE.items()}


def wire(text: str) -> str:
    """A text as such an engine takes it."""
    return text if text.isascii() else text.translate(_TO_WIRE)


def from_wire(text: str) -> str:
    """The inverse of :func:`wire`."""
    return text if text.isascii() else text.translate(_FROM_WIRE)
