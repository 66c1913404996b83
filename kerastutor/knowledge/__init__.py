"""What the tutor knows: the facts about layers. Pure data, with the standard library only."""

from kerastutor.knowledge.kinds import LAYERS, OPERATIONS, REQUIRED, Facts, facts, is_known
from kerastutor.knowledge.parameters import Parameter, parameter

__all__ = ["LAYERS", "OPERATIONS", "REQUIRED", "Facts", "Parameter", "facts", "is_known", "parameter"]
