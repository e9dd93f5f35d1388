"""What is known: bounds, constructions, laws at initialisation, and other exact forms of a function."""

from pwlin.theory import bounds, constructions, initialisation
from pwlin.theory.forms import (
    cheapest_network,
    difference_of_convex,
    hinges,
    lattice,
    representation_cost,
    smallest_width,
)
from pwlin.theory.initialisation import gaussian, he, pytorch_default

__all__ = [
    "bounds",
    "cheapest_network",
    "constructions",
    "difference_of_convex",
    "gaussian",
    "he",
    "hinges",
    "initialisation",
    "lattice",
    "pytorch_default",
    "representation_cost",
    "smallest_width",
]
