"""The version of pwlin."""

__version__ = "0.1.0"
