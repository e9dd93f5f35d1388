"""Regions on disk: more of them than memory holds, written part by part, exact and in floats; see `write_regions`."""

from pwlin.storage.reading import StoredRegion, StoredRegions, read_regions
from pwlin.storage.writing import write_regions

__all__ = ["StoredRegion", "StoredRegions", "read_regions", "write_regions"]
