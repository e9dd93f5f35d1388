"""A network with several hidden layers, which the page shows and does not change: its pieces, exactly."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction

from pwlin.base.arguments import refusal
from pwlin.exact.digits import ratio
from pwlin.extraction.line.exact import extract_line
from pwlin.geometry.interval import Interval
from pwlin.networks.network import Network

MOST = 300
"""Regions that a page can hold."""


@dataclass(frozen=True)
class Deep:
    """A network of one input and one output on an interval."""

    network: Network
    left: Fraction
    right: Fraction

    @property
    def shape(self) -> str:
        """Its widths."""
        return "-".join(map(str, (self.network.input_dim, *self.network.widths, self.network.output_dim)))

    def data(self) -> dict[str, object]:
        """For the page: ends and maps of the regions, and which layers' neurons flip between them."""
        [f] = extract_line(self.network, Interval(self.left, self.right))
        if f.n_regions > MOST:
            raise refusal("subject", f"a network with {f.n_regions:,} regions", f"are up to {MOST}")
        flips = {b.location: sorted({n.layer for n in b.neurons}) for b in (*f.kinks, *f.silent_breakpoints)}
        inner = [region.left for region in f.regions[1:] if region.left is not None]
        return {
            "fixed": {
                "shape": self.shape,
                "ends": [ratio(x) for x in (self.left, *inner, self.right)],
                "maps": [[ratio(region.slope), ratio(region.intercept)] for region in f.regions],
                "layers": [flips.get(x, []) for x in inner],
                "network": json.loads(self.network.to_json()),
            }
        }
