"""The playground: one page on which a reader moves the kinks of a network and sees, exactly, what becomes of the fit."""

from pwlin.app.touch.page import Playground
from pwlin.app.touch.start import playground

__all__ = ["Playground", "playground"]
