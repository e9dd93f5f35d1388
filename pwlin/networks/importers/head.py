"""The smooth end of a classifier, which may be cut off."""

from __future__ import annotations

from dataclasses import dataclass

from pwlin.base.errors import UnsupportedLayerError
from pwlin.networks.importers.wire import Wire

_RENAMES = ("aten.clone.default", "aten.alias.default", "aten.detach.default", "Identity")


@dataclass(frozen=True)
class Head:
    """What a softmax or sigmoid makes of a wire: only the model's output may be that."""

    kind: str
    place: str
    inside: Wire

    def drop(self, head: str) -> Wire:
        """The wire before it, if that is asked for."""
        if head != "drop":
            raise UnsupportedLayerError(
                f'{self.place}: found {self.kind}, which is not piecewise linear; head="drop" cuts it off at the end of a model'
            )
        self.inside.chain.note(f"{self.place}: {self.kind} is cut off; the outputs are its inputs")
        return self.inside

    def passed(self, target: str, place: str) -> Head:
        """The same behind an operator that only renames it."""
        if target in _RENAMES:
            return self
        raise UnsupportedLayerError(
            f"{self.place}: found {self.kind}, which is not piecewise linear, before {target} ({place}); accepted is one at the end"
        )
