"""Exact networks of two-slope units: evaluation, neurons and patterns, files, models of other libraries, symbols as weights."""

from pwlin.networks.importers import as_network
from pwlin.networks.network import Network

__all__ = ["Network", "as_network"]
