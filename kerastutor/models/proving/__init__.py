"""Whether two networks compute the same, found out by computing: twins made of topologies, weights carried over.

Of two networks that compute the same function of their inputs and weights, any weights will do to tell: give both the
same and compare. Only which weight of the one is which of the other is not known. So at first all weights of one shape
get the same numbers: however they correspond, the two then have to agree, and nearly all different networks do not.
Those that do are told weight from weight by changing one at a time and looking at what moves (`carrying`), and then
compared with weights that all differ, in inference and in training (`comparing`).
"""

from kerastutor.models.proving.proving import prove

__all__ = ["prove"]
