"""What the tutor knows: the facts about layers. Pure data, with the standard library only."""

from kerastutor.knowledge.layers import LAYERS, REQUIRED, LayerFacts, facts

__all__ = ["LAYERS", "REQUIRED", "LayerFacts", "facts"]
