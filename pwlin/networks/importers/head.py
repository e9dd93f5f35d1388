"""The smooth end of a classifier, which may be cut off."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass

from numpy.typing import ArrayLike

from pwlin.base.errors import UnsupportedLayerError
from pwlin.networks.importers.chain import Chain
from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.wire import Wire
from pwlin.networks.network import Network

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
        found = f"{self.kind}, which is not piecewise linear, before {target} ({place})"
        raise unread(self.place, found, "is one at the end")


def check_one_each(inputs: Sized, outputs: Sized) -> None:
    """Refuse a model of several inputs or outputs, or of none."""
    if len(inputs) != 1 or len(outputs) != 1:
        found = f"{len(inputs)} inputs and {len(outputs)} outputs"
        raise unread("model", found, "is one each")


def network_of(chain: Chain, result: Wire | Head | ArrayLike, head: str) -> Network:
    """The network whose output was found: a wire, what a head makes of one, or a constant."""
    if isinstance(result, Head):
        result = result.drop(head)
    return chain.network(result if isinstance(result, Wire) else chain.constant(result))
