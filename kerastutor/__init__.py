"""Learn the two ways of building a Keras model, `Sequential` and the functional `Model`, inside Jupyter.

    import kerastutor as kt

    kt.show(model)                      # the Sequential stack and the functional graph side by side
    kt.train(model, x, y).wait()        # seconds, with a live curve
    kt.exercise("01-stack").check(model)

Each public name is loaded on first use: importing this package imports neither Keras nor Jupyter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerastutor.system.backend import settle
from kerastutor.system.on_first_use import on_first_use

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kerastutor import data
    from kerastutor.coaching.coach import coach
    from kerastutor.topology.differences.pattern import Pattern
    from kerastutor.topology.graph import Topology
    from kerastutor.verbs import (
        build,
        code,
        diff,
        draw,
        exercise,
        live,
        matches,
        practice,
        progress,
        prove_same,
        race,
        read,
        same,
        seal,
        show,
        steps,
        submit,
        train,
        why_not_sequential,
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
    "Topology": "kerastutor.topology.graph",
    "Pattern": "kerastutor.topology.differences.pattern",
    "coach": "kerastutor.coaching.coach",
    "data": "kerastutor.data",
}
__getattr__, __dir__ = on_first_use(__name__, {name: _HOMES.get(name, "kerastutor.verbs") for name in __all__})

settle()  # before anybody loads Keras, which reads the choice once


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext kerastutor` runs: models are shown as drawings, and mistakes are explained."""
    from kerastutor.widgets import extension

    extension.load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """What `%unload_ext kerastutor` runs: cells show models as plain text again."""
    from kerastutor.widgets import extension

    extension.unload(shell)
