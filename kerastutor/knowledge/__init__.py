"""What the tutor knows: the facts about layers. Pure data, with the standard library only."""

from kerastutor.knowledge.kinds import LAYERS, OPERATIONS, REQUIRED, Facts, facts

__all__ = ["LAYERS", "OPERATIONS", "REQUIRED", "Facts", "facts"]
