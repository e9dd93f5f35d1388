"""Errors that a user can act on: each names the argument, what was found and what is accepted."""

from __future__ import annotations


class PwlinError(ValueError):
    """Base class of every error that pwlin raises on purpose."""


class ExactnessError(PwlinError):
    """A value has no exact rational meaning (NaN, infinity, complex, text that is no number)."""


class ShapeError(PwlinError):
    """Arrays whose shapes do not fit together."""


class ActivationError(PwlinError):
    """An activation that is unknown or not piecewise linear with two slopes."""


class DomainError(PwlinError):
    """A domain that is empty, reversed or of the wrong dimension, or a point outside it."""


class TargetError(PwlinError):
    """A target function that cannot be read, or that is undefined where it is needed."""


class FormatError(PwlinError):
    """A file or text that is not what it should be."""


class UnsupportedLayerError(FormatError):
    """A model with an operator that is not piecewise linear, or that is not read; the message names it and its place."""


class TrainingError(PwlinError):
    """A training set-up that makes no sense, or a run that diverged."""


class WorkerError(PwlinError):
    """Work that somebody's executor did not do, twice; the message names the part."""


class LimitError(PwlinError):
    """A run that would need more than it may; the message says what was found, what is expected and what to call instead."""


class PwlinWarning(UserWarning):
    """Something that a careful user wants to know, though the answer is right."""
