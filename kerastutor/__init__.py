"""Learn the two ways of building a Keras model, `Sequential` and the functional `Model`, inside Jupyter.

    import kerastutor as kt

    kt.show(model)                      # the Sequential stack and the functional graph side by side
    kt.train(model, x, y).wait()        # seconds, with a live curve
    kt.exercise("01-stack").check(model)

Each public name is loaded on first use: importing this package imports neither Keras nor Jupyter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerastutor.system.backend import settle
from kerastutor.system.on_first_use import on_first_use

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kerastutor import data
    from kerastutor.coaching.coach import coach
    from kerastutor.networks import code, diff, draw, matches, prove_same, read, same, why_not_sequential
    from kerastutor.topology.differences.pattern import Pattern
    from kerastutor.topology.graph import Topology
    from kerastutor.verbs import (
        build,
        exercise,
        live,
        practice,
        progress,
        race,
        seal,
        show,
        steps,
        submit,
        train,
    )

__all__ = [
    "read",
    "same",
    "matches",
    "diff",
    "prove_same",
    "why_not_sequential",
    "code",
    "draw",
    "show",
    "build",
    "steps",
    "coach",
    "train",
    "race",
    "live",
    "exercise",
    "practice",
    "progress",
    "submit",
    "seal",
    "Topology",
    "Pattern",
    "data",
]
_HOMES = {
    "kerastutor.networks": ("read", "same", "matches", "diff", "prove_same", "why_not_sequential", "code", "draw"),
    "kerastutor.verbs": (
        *("show", "build", "steps", "train", "race", "live"),
        *("exercise", "practice", "progress", "submit", "seal"),
    ),
    "kerastutor.coaching.coach": ("coach",),
    "kerastutor.topology.graph": ("Topology",),
    "kerastutor.topology.differences.pattern": ("Pattern",),
    "kerastutor.data": ("data",),
}
__getattr__, __dir__ = on_first_use(
    __name__,
    {name: home for home, names in _HOMES.items() for name in names},
    unlisted=dict.fromkeys(("load_ipython_extension", "unload_ipython_extension"), "kerastutor.widgets.extension"),
)

settle()  # before anybody loads Keras, which reads the choice once
