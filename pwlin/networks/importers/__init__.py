"""Models of other libraries and their files as exact networks; no library is loaded unless its models come."""

from pwlin.networks.importers.door import as_network

__all__ = ["as_network"]
