"""The rubric: five items, in whole parts, that add up exactly.

Every call of the answer is worth one part, and so is every requirement. Every difference between the learner's network
and the answer costs one part, whatever its kind. So mending one mistake, which leaves one difference less, never costs
anything, and no two rounding errors meet. Requirements are judged when the network is right; until then they are open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from kerastutor.exercises.results import Score, ScoreItem
from kerastutor.topology.graph import Topology

LAYERS, WIRING, SHARING, PORTS, PARAMETERS, REQUIREMENTS = (
    "layers",
    "wiring",
    "sharing",
    "inputs and outputs",
    "parameters",
    "requirements",
)
ITEMS = (LAYERS, WIRING, SHARING, PORTS, PARAMETERS, REQUIREMENTS)

ITEM_OF_KIND: Mapping[str, str] = {
    "missing_layer": LAYERS,
    "extra_layer": LAYERS,
    "wrong_layer": LAYERS,
    "shared_not_twin": SHARING,
    "twin_not_shared": SHARING,
    "wrong_arrow": WIRING,
    "missing_arrow": WIRING,
    "extra_arrow": WIRING,
    "swapped_order": WIRING,
    "input_order": PORTS,
    "output_order": PORTS,
    "wrong_key": PORTS,
    "wrong_config": PARAMETERS,
    "wrong_argument": PARAMETERS,
}


def score(expected: Topology, kinds: Iterable[str], *, requirements: int = 0, unmet: int = 0) -> Score:
    """The score of a network that differs from `expected` by differences of these kinds.

    Args:
        kinds: one for each difference; none means the networks are equal.
        requirements: how many the exercise has.
        unmet: how many of them an equal network does not meet.
    """
    lost = Counter(ITEM_OF_KIND[kind] for kind in kinds)
    lost[REQUIREMENTS] = requirements if lost else unmet
    return _capped(len(expected.reaching) + requirements, lost)


def score_requirements(requirements: int, unmet: int) -> Score:
    """The score where only requirements count."""
    return _capped(requirements, Counter({REQUIREMENTS: unmet}))


def _capped(parts: int, lost: Counter[str]) -> Score:
    """Take the losses off in the order of the rubric until nothing is left to lose."""
    left = parts
    items = []
    for name in ITEMS:
        taken = min(lost[name], left)
        left -= taken
        items.append(ScoreItem(name, taken))
    return Score(parts, tuple(items))
