"""What the kernel knows of a layer: what is planned, once for all cells, and what is at hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class LayerPlan:
    """A layer as planned. Its neurons are ``first, ..., stop - 1`` of all; its inputs are the neurons of the layer before.

    Attributes
    ----------
    width, first, stop : int
    stride : int
        Length of its rows of weights and maps, at least the width.
    map_at, weight_at : int
        Places of its first map, of d + 1 rows, and, if it is not the first layer, of its weights, transposed.
    update_limit : int
        So many updates its maps may have before they are made anew.
    rectified : bool
        Whether all its neurons are zero where they are not active.
    tau_map, tau_point : float
        A sign at a vertex with weight T and radius r is certain beyond ``T (tau_map + tau_point r)``, in all cells.
    exact_up_to : float
        It is exact if r is 0 and T is no more than this; the value is then an integer multiple of the neuron's unit.
    tau_soft : float
        In place of `tau_map` for maps under any slopes between those of the activations.
    map_error : float
        Bounds the size of the error of its maps.
    fine_error : float
        The same of maps in two floats.
    """

    width: int
    first: int
    stop: int
    stride: int
    map_at: int
    weight_at: int
    update_limit: int
    rectified: bool = False
    tau_map: float = 0.0
    tau_point: float = 0.0
    exact_up_to: float = 0.0
    tau_soft: float = 0.0
    map_error: float = 0.0
    fine_error: float = 0.0


@dataclass(slots=True)
class LayerState:
    """A layer at hand: its block, all neurons or, in the last layer, those that are open, and what its maps were made for.

    Attributes
    ----------
    block, stride : int
        Number of neurons with weights and maps, and length of the rows of these.
    ids_at, weight_at : int
        Places of the block's neurons and weights.
    made_for : int
        The entry of the layer before whose maps these maps come from; -1: none.
    updates : int
        Since the maps were made anew.
    entry : int
        How often a cell entered the layer.
    tau_map, tau_point, map_error : float
        As planned, or of the maps at hand if these are in two floats.
    """

    block: int
    stride: int
    ids_at: int
    weight_at: int
    made_for: int = -1
    updates: int = 0
    entry: int = 0
    tau_map: float = 0.0
    tau_point: float = 0.0
    map_error: float = 0.0
