"""Exact affine maps of regions from their patterns: of single neurons, of all regions at once, near ones in floats, and residues."""

from pwlin.extraction.maps.fine import FineMaps
from pwlin.extraction.maps.many import AllMaps, suits
from pwlin.extraction.maps.near import NearMaps
from pwlin.extraction.maps.residues import map_residues
from pwlin.networks.maps import SingleMaps

__all__ = ["AllMaps", "FineMaps", "NearMaps", "SingleMaps", "map_residues", "suits"]
