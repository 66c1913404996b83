"""A topology as a program that computes: living layers, called on arrays one after another."""

from __future__ import annotations

import json
import random
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple
from zlib import crc32

import keras
import numpy as np

from kerastutor.models.assembly import called_on, living
from kerastutor.models.keras_inside import names_used, restore_names
from kerastutor.topology.graph import Call, Json, Layer, Ref, Topology

PRECISION = "float64"
"""What twins compute in, so that the order of additions does not show; a backend may have less."""

STATE = frozenset({"moving_mean", "moving_variance", "mean", "variance", "count"})
"""Weights that a call in training moves, by the names that layers of Keras give them."""


class Carried(NamedTuple):
    """One thing that differs from twin to twin and is given to both alike: a weight, or the seed of a random layer.

    Attributes:
        variable: what holds it.
        key: what has to be equal in both twins: shape, whether trained, how it moves, its constraint.
    """

    variable: keras.Variable
    key: tuple[Any, ...]

    def put(self, token: int, gain: float) -> None:
        """Fill it with the numbers that `token` stands for."""
        self.variable.assign(_numbers(self.key, token, gain))

    @property
    def is_state(self) -> bool:
        """Whether it is a weight that a call in training moves."""
        return self.key[0] == "weight" and self.key[3] != ""

    @property
    def may_move(self) -> bool:
        """Whether it has to be filled again after a call."""
        return self.key[0] == "seed" or self.is_state


def carried_by(layer: Layer, thing: Any) -> Iterator[Carried]:
    """The weights and seeds of a living layer that was called; an operation has none."""
    if not isinstance(thing, keras.Layer):
        return
    trained = set(map(id, thing.trainable_variables))
    for weight in thing.weights:
        if str(weight.dtype).startswith("float"):
            yield Carried(weight, _key(weight, id(weight) in trained))
    if _draws(layer.kind, layer.config):
        for seed in (one for one in thing.variables if one.path.endswith("seed_generator_state")):
            yield Carried(seed, ("seed",))


class LivingTwin:
    """A network that computes; what it computes depends on nothing but what it is given.

    Attributes:
        carried: its weights and seeds, in the order in which its calls use them.
    """

    def __init__(self, topology: Topology, sample: Sequence[Any]) -> None:
        """Make the layers, and their weights by computing once.

        Args:
            sample: an array for each input.

        Raises:
            NotBuildable: the inside of a layer is not part of the topology.
        """
        with as_it_was():
            self._program = _Program(topology)
            self._program(list(sample), training=False)
        self.carried = tuple(one for layer, thing in self._program.parts for one in carried_by(layer, thing))
        self.blocks_gradients = any(layer.kind == "ops.StopGradient" for layer in topology.layers)
        self._held: list[tuple[int, float] | None] = [None] * len(self.carried)

    @property
    def trains(self) -> bool:
        """Whether it may compute something else in training."""
        return any(one.may_move for one in self.carried)

    def given(self, tokens: Sequence[int], gain: float) -> None:
        """Fill everything carried with the numbers of its token."""
        for place, (one, token) in enumerate(zip(self.carried, tokens, strict=True)):
            if self._held[place] != (token, gain):
                one.put(token, gain)
                self._held[place] = (token, gain)

    def computed(self, inputs: Sequence[Any], *, training: bool = False) -> list[np.ndarray]:
        """Its outputs, and last the sum of its losses."""
        outputs = self._program(list(inputs), training=training)
        losses = [float(keras.ops.convert_to_numpy(loss)) for loss in self._program.losses]
        self._forget(lambda one: one.may_move)
        return [*(keras.ops.convert_to_numpy(output) for output in outputs), np.array(sum(losses))]

    def state(self) -> dict[int, np.ndarray]:
        """What is in the weights that a training call moves, by their place among what is carried."""
        return {
            place: keras.ops.convert_to_numpy(one.variable) for place, one in enumerate(self.carried) if one.is_state
        }

    def stepped(self, inputs: Sequence[Any], pulls: Sequence[Any]) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """The weights, and shifts of the inputs, after a step of gradient descent that pulls at the outputs."""
        with as_it_was(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Gradients do not exist")
            shifted = _Shifted(self._program, inputs)
            shifted.compile(optimizer=keras.optimizers.SGD(0.1), run_eagerly=True)
            shifted.train_on_batch(list(inputs), list(pulls))
        self._forget(lambda one: True)
        weights = [keras.ops.convert_to_numpy(one.variable) for one in self.carried]
        return weights, [keras.ops.convert_to_numpy(shift) for shift in shifted.shifts if shift is not None]

    def _forget(self, which: Any) -> None:
        self._held = [None if which(one) else held for one, held in zip(self.carried, self._held, strict=True)]


class _Program(keras.Model):
    """The calls of a topology that reach an output, made on the tensors of a backend."""

    def __init__(self, topology: Topology) -> None:
        super().__init__()
        self.sources = [port.tensor for port in topology.inputs]
        self.results = [port.tensor for port in topology.outputs]
        self.steps: list[tuple[Call, Any]] = []
        self.parts: list[tuple[Layer, Any]] = []
        shared: dict[str, Any] = {}
        for call in topology.calls:
            layer = topology.layer_of(call.id)
            if layer.kind == "Input" or call.id not in topology.reaching:
                continue
            thing = None if layer.owns == "randomness" else shared.get(layer.id)  # it draws anew for each call
            if thing is None:
                thing = shared[layer.id] = living(precise(layer))
                self.parts.append((layer, thing))
            self.steps.append((call, thing))
        self.held = [thing for _, thing in self.parts if isinstance(thing, keras.Layer)]  # so that Keras knows them
        self.built = True  # or Keras would trace `call` first to build the layers, which then build themselves

    def call(self, inputs: Sequence[Any]) -> list[Any]:
        """Every output, in order."""
        tensors: dict[Ref, Any] = dict(zip(self.sources, inputs, strict=True))
        for call, thing in self.steps:
            returned = keras.tree.flatten(called_on(thing, call, tensors))
            tensors.update({Ref(call.id, index): tensor for index, tensor in enumerate(returned)})
        return [tensors[ref] for ref in self.results]


class _Shifted(keras.Model):
    """A program with something trainable added to each input that holds floats: its gradient is that of the input."""

    def __init__(self, program: _Program, inputs: Sequence[Any]) -> None:
        super().__init__(dtype=PRECISION)
        self.program = program
        self.shifts = [
            self.add_weight(shape=array.shape, initializer="zeros") if array.dtype.kind == "f" else None
            for array in inputs
        ]
        self.moves_always = self.add_weight(shape=(), initializer="zeros")  # Keras takes no step where nothing moves

    def call(self, inputs: Sequence[Any]) -> list[Any]:
        """The outputs for inputs that are shifted by nothing yet."""
        pairs = zip(inputs, self.shifts, strict=True)
        return self.program([array if shift is None else array + shift for array, shift in pairs])

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:
        """How far the outputs are along the pulls, and the losses of the layers."""
        along = [
            keras.ops.sum(pull * keras.ops.cast(output, PRECISION)) for pull, output in zip(y, y_pred, strict=True)
        ]
        return sum(along) + sum(keras.ops.cast(loss, PRECISION) for loss in self.losses) + self.moves_always


def precise(layer: Layer) -> Layer:
    """The layer without a float type of its own: types and rounding are no part of the function."""
    config = {name: _precise_value(name, value, layer.kind) for name, value in layer.config.items()}
    return replace(layer, config={name: value for name, value in config.items() if value is not _LEFT_OUT})


_LEFT_OUT = object()


def _precise_value(name: str, value: Json, kind: str) -> Any:
    if name != "dtype" or not isinstance(value, (str, dict)) or "int" in str(value) or "bool" in str(value):
        return value
    return PRECISION if kind.startswith("ops.") else _LEFT_OUT


def _key(weight: keras.Variable, trained: bool) -> tuple[Any, ...]:
    constraint = getattr(weight, "constraint", None)
    said = "" if constraint is None else json.dumps(keras.constraints.serialize(constraint), sort_keys=True)
    role = weight.name if weight.name in STATE else ""
    return "weight", tuple(weight.shape), trained, role, said


def _draws(kind: str, config: Mapping[str, Json]) -> bool:
    """Whether a layer draws random numbers in training; a rate of 0 draws none."""
    if "Dropout" in kind and "rate" in config:
        return bool(config["rate"])
    if kind.startswith("Random") or kind in (
        "GaussianNoise",
        "AugMix",
        "CutMix",
        "MixUp",
        "RandAugment",
        "Solarization",
    ):
        return True
    return any(_draws_within(name, value) for name, value in config.items())


def _draws_within(name: str, value: Json) -> bool:
    if isinstance(value, list):
        return any(_draws_within(name, item) for item in value)
    if isinstance(value, Mapping):
        return _draws(value.get("kind", ""), value.get("config", {}))
    return "dropout" in name and bool(value)


def _numbers(key: tuple[Any, ...], token: int, gain: float) -> Any:
    if key[0] == "seed":
        return np.array([token & 0x3FFFFFFF, 0])
    _, shape, _, role, _ = key
    generator = np.random.default_rng(token)
    if "variance" in role:
        return generator.uniform(0.5, 1.5, shape)
    if len(shape) < 2:
        return generator.normal(0.2, 0.6, shape)
    return generator.standard_normal(shape) * gain / np.sqrt(max(1, np.prod(shape[:-1])))


def token_of(*parts: Any) -> int:
    """A number that stands for these parts, in every process the same."""
    return crc32(repr(parts).encode())


@contextmanager
def as_it_was() -> Iterator[None]:
    """In float64, and without a trace: in the names that Keras gives, in the random numbers of Python."""
    policy, used, drawn = keras.config.dtype_policy(), names_used(), random.getstate()
    keras.config.set_dtype_policy(PRECISION)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)
        restore_names(used)
        random.setstate(drawn)
