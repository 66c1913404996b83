"""A build log that goes on from a Keras model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from kerastutor.building.log import BuildLog
from kerastutor.models.reading import read_with_layers


def from_model(model: keras.Model) -> BuildLog:
    """A log that starts from a model: the same network in layers of its own, with new weights.

    Layers of the learner's own classes are made again from their `get_config`.

    Raises:
        NotReadable: it is no model that can be read.
        Impossible: one of its layers cannot be made again.
    """
    topology, living = read_with_layers(model)
    custom = {layer.id: _again(living[layer.id]) for layer in topology.layers if layer.opaque}
    return BuildLog.begin(topology, custom)


def _again(layer: keras.Layer) -> Callable[[], Any]:
    return lambda: type(layer).from_config(layer.get_config())
