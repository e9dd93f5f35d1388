"""Exact affine maps of regions from their patterns: of single neurons, of all regions at once, and residues."""

from pwlin.extraction.maps.many import AllMaps, suits
from pwlin.extraction.maps.residues import map_residues
from pwlin.networks.maps import SingleMaps

__all__ = ["AllMaps", "SingleMaps", "map_residues", "suits"]
