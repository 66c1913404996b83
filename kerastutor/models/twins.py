"""Two models of one network: the model a topology stands for, and the proof that two models compute the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import keras
import numpy as np
from keras import KerasTensor

from kerastutor.models.assembly import NotBuildable, called_on, listed, living, nested
from kerastutor.models.proving.feeding import vocabularies
from kerastutor.models.reading import call_on, read_with_layers
from kerastutor.topology.graph import Port, Ref, Topology
from kerastutor.topology.sameness.canonical import isomorphism
from kerastutor.topology.sameness.proof import Proof
from kerastutor.topology.sameness.rules import normalise
from kerastutor.topology.sequential import why_not_sequential

TOLERANCE = 1e-4
"""How far two outputs may be apart, relative to the largest: twins add up the same numbers in another order."""


def build(topology: Topology, style: Literal["functional", "sequential"] = "functional") -> keras.Model:
    """The Keras model that a topology stands for, with new weights.

    Args:
        topology: every layer of a class of Keras, and every input with its shape.
        style: `"sequential"` only where `why_not_sequential` finds nothing.

    Raises:
        NotBuildable: a layer's inside is not part of the topology, an input has no shape, or a Sequential cannot be.

    >>> from kerastutor.models.reading import read
    >>> stack = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    >>> build(read(stack)).count_params()
    10
    """
    if style == "sequential":
        return _stack(topology)
    tensors: dict[Ref, KerasTensor] = {}
    layers: dict[str, Any] = {}
    for call in topology.calls:
        layer = topology.layer[call.layer]
        if layer.kind == "Input":
            tensors[Ref(call.id)] = _input(layer.name, layer.config)
            continue
        if layer.id not in layers:
            layers[layer.id] = living(layer)
        outputs = called_on(layers[layer.id], call, tensors)
        tensors |= {Ref(call.id, index): tensor for index, tensor in enumerate(keras.tree.flatten(outputs))}
    return keras.Model(_structure(topology.inputs, tensors), _structure(topology.outputs, tensors))


def prove_same(first: Any, second: Any, *, seed: int = 0) -> Proof:
    """Carry the weights of `first` over to `second` along the isomorphism, and compare outputs on random inputs.

    Both models are left with the weights they had. Compared is inference (`training=False`).

    Args:
        first, second: Keras models that were built, or topologies (then models are made of them).
        seed: for the random inputs: 3 samples, open axes of length 6, integers below the smallest vocabulary.

    >>> x = keras.Input((4,))
    >>> graph = keras.Model(x, keras.layers.ReLU()(keras.layers.Dense(2)(x)))
    >>> stack = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="relu")])
    >>> bool(prove_same(stack, graph))
    True
    """
    ours, theirs = (build(model) if isinstance(model, Topology) else model for model in (first, second))
    (our_topology, our_layers), (their_topology, their_layers) = read_with_layers(ours), read_with_layers(theirs)
    try:
        pairs = _layer_pairs(our_topology, their_topology)
    except ValueError:
        return Proof(False, None, "They are different networks, so no weights can be carried over; kt.diff says where.")
    inputs = _random_inputs(our_topology, seed)
    with _weights_kept(their_layers.values()):
        for our_layer, their_layer in pairs.items():
            their_layers[their_layer].set_weights(our_layers[our_layer].get_weights())
        difference = _difference(_outputs(ours, inputs), _outputs(theirs, inputs))
    if difference is None:
        return Proof(False, None, "On random inputs neither computes a number, so they could not be compared.")
    if difference <= TOLERANCE:
        how_near = f"the same, within {difference:.1e}" if difference else "exactly the same"
        return Proof(True, difference, f"With the same weights both compute {how_near}.")
    how_far = f"by {difference:.1e} of the largest" if np.isfinite(difference) else "in shape or in what is a number"
    return Proof(False, difference, f"With the same weights their outputs differ {how_far}.")


def _stack(topology: Topology) -> keras.Sequential:
    reasons = why_not_sequential(topology)
    if reasons:
        raise NotBuildable(reasons[0].sentence)
    layers = [topology.layer_of(call.id) for call in topology.calls if call.id in topology.reaching]
    return keras.Sequential(
        [_input(layer.name, layer.config) if layer.kind == "Input" else living(layer) for layer in layers]
    )


def _input(name: str, config: Mapping[str, Any]) -> KerasTensor:
    if "shape" not in config:
        raise NotBuildable(f"The shape of the input {name!r} is not known; begin the model with keras.Input(shape).")
    return keras.Input(batch_shape=tuple(config["shape"]), dtype=config.get("dtype"))


def _structure(ports: Sequence[Port], tensors: Mapping[Ref, Any]) -> Any:
    """Tensors in the structure that the ports describe: one alone, a list, or a dict."""
    if any(port.key is not None for port in ports):
        keyed = {port.key or str(position): tensors[port.tensor] for position, port in enumerate(ports)}
        return listed(nested(keyed))
    return tensors[ports[0].tensor] if len(ports) == 1 else [tensors[port.tensor] for port in ports]


def _layer_pairs(ours: Topology, theirs: Topology) -> dict[str, str]:
    """Which layer of ours that owns weights is which of theirs."""
    nodes = isomorphism(ours, theirs)
    our_nodes, their_nodes = normalise(ours).nodes, normalise(theirs).nodes
    return {
        our_nodes[node].layer: their_nodes[twin].layer
        for node, twin in nodes.items()
        if our_nodes[node].owns == "weights"
    }


def _random_inputs(topology: Topology, seed: int) -> dict[Ref, Any]:
    generator = np.random.default_rng(seed)
    inputs: dict[Ref, Any] = {}
    for port in topology.inputs:
        tensor = topology.tensor(port.tensor)
        if tensor.shape is None:
            raise NotBuildable("The shape of an input is not known; call the model once on data.")
        shape = (3, *(6 if length is None else length for length in tensor.shape[1:]))
        vocabulary = min(vocabularies(topology, port.tensor), default=None)
        if vocabulary or (tensor.dtype or "").startswith(("int", "uint")):
            inputs[port.tensor] = generator.integers(0, vocabulary or 10, shape).astype(tensor.dtype or "int32")
        else:
            inputs[port.tensor] = generator.standard_normal(shape).astype("float32")
    return inputs


def _outputs(model: keras.Model, inputs: Mapping[Ref, Any]) -> list[Any]:
    outputs = call_on(model, list(inputs.values()))
    return [keras.ops.convert_to_numpy(output) for output in keras.tree.flatten(outputs) if output is not None]


def _difference(ours: Sequence[Any], theirs: Sequence[Any]) -> float | None:
    """The largest difference, relative to the largest number; None where there is no number to compare."""
    if [output.shape for output in ours] != [output.shape for output in theirs]:
        return float("inf")
    mine, its = (np.concatenate([output.ravel().astype("float64") for output in side]) for side in (ours, theirs))
    numbers = np.isfinite(mine) & np.isfinite(its)
    if not np.array_equal(mine[~numbers], its[~numbers], equal_nan=True):
        return float("inf")
    if mine.size and not numbers.any():
        return None
    apart = np.abs(mine - its, where=numbers, out=np.zeros_like(mine))
    return float(np.max(apart, initial=0.0) / np.max(np.abs(mine), where=numbers, initial=1.0))


@contextmanager
def _weights_kept(layers: Iterable[Any]) -> Iterator[None]:
    kept = [(layer, layer.get_weights()) for layer in layers if isinstance(layer, keras.Layer)]
    try:
        yield
    finally:
        for layer, weights in kept:
            layer.set_weights(weights)
