"""Parts of the tree on threads, and their merger."""

from __future__ import annotations
