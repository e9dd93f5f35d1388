"""How importers refuse what they do not read."""

from __future__ import annotations

from pwlin.base.arguments import refusal
from pwlin.base.errors import UnsupportedLayerError


def unread(place: str, found: str, accepted: str) -> UnsupportedLayerError:
    """The error for an operator, or what an operator is given, that is not read; see `refusal`."""
    return refusal(place, found, accepted, UnsupportedLayerError)
