"""Small networks whose weights may be symbols: the formula, the kinks −b/w, and numbers put in later.

>>> net = generic([2])
>>> net.formula("x")
c + v0*Max(0, b0 + w0*x) + v1*Max(0, b1 + w1*x)
>>> [k.location for k in net.kinks()], net.jumps()
([-b0/w0, -b1/w1], (v0*Abs(w0), v1*Abs(w1)))
>>> net.piecewise("x", order=[0, 1], signs=[1, -1]).args[1]
(b0*v0 + b1*v1 + c + x*(v0*w0 + v1*w1), x <= -b1/w1)
>>> net.subs({"w0": 1, "b0": 1, "v0": "1/2", "w1": -1, "b1": 1, "v1": 2, "c": 0})
Network(1-2-1, relu)
"""

from pwlin.networks.symbolic.network import SymbolicKink, SymbolicNetwork, generic

__all__ = ["SymbolicKink", "SymbolicNetwork", "generic"]
