"""The one catalogue of what learners get wrong."""

from collections.abc import Mapping
from types import MappingProxyType

from kerastutor.knowledge.misconceptions import layers, wiring
from kerastutor.knowledge.misconceptions.entry import OPEN_TO, Misconception, words

__all__ = ["MISCONCEPTIONS", "Misconception", "OPEN_TO", "words"]

MISCONCEPTIONS: Mapping[str, Misconception] = MappingProxyType(
    {
        **wiring.SHARING,
        **wiring.LOST,
        **wiring.WIRING,
        **wiring.MERGES,
        **wiring.PORTS,
        **layers.ACTIVATIONS,
        **layers.SIZES,
        **layers.BEHAVIOUR,
        **layers.GENERAL,
    }
)
"""Every misconception by id."""
