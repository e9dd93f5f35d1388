"""What a model does with data: lines and planes through samples, decisions, attributions, and the distance of floats from the exact function."""

from pwlin.models.attribution import attribute
from pwlin.models.decisions import labels
from pwlin.models.gaps import FloatGap, float_gap
from pwlin.models.through_data import restrict

__all__ = ["FloatGap", "attribute", "float_gap", "labels", "restrict"]
