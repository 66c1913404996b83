"""Random networks that Keras can build: for practice, for tests, and for benchmarks.

The same level and seed give the same network everywhere; `random.Random` is all the chance there is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

from kerastutor.knowledge import facts
from kerastutor.topology.editing import in_computing_order
from kerastutor.topology.graph import Argument, Call, Json, Layer, Port, Ref, Scope, Tensor, Topology, arguments_from
from kerastutor.topology.ids import automatic_name, call_id
from kerastutor.topology.inventing.mutation import KINDS, Mutant, mutate, pooling_config
from kerastutor.topology.inventing.shapes import Shape, with_shapes

__all__ = ["KINDS", "LEVELS", "Mutant", "mutate", "relabel", "sample"]

LEVELS = {
    1: "a chain of Dense layers",
    2: "a chain for images, series or text",
    3: "branches, merges and shortcuts",
    4: "several inputs and outputs, shared layers",
    5: "nested models, and more of everything",
}


def sample(level: int, seed: int) -> Topology:
    """A random network of a level from 1 to 5 (see `LEVELS`), with the shapes and weights that Keras would give it.

    >>> net = sample(1, 7)
    >>> net == sample(1, 7), net == sample(1, 8)
    (True, False)
    """
    if level not in LEVELS:
        raise ValueError(f"There is no level {level!r}; the levels are 1 to {max(LEVELS)}.")
    growth = _Growth(Random(f"{level}/{seed}"), level)
    growth.grow()
    return with_shapes(growth.topology(f"sample_{level}_{seed}"))


def relabel(topology: Topology, seed: int) -> Topology:
    """The same network with other names and another order of creation."""
    rng = Random(f"relabel/{seed}")
    numbers = rng.sample(range(10 * len(topology.layers) + 10), len(topology.layers))
    layers = {layer.id: f"l{number}" for layer, number in zip(topology.layers, numbers, strict=True)}
    shuffled = list(topology.calls)
    rng.shuffle(shuffled)
    ordered = in_computing_order(shuffled)
    counts: dict[str, int] = {}
    calls: dict[str, str] = {}
    for call in ordered:
        name = layers[call.layer]
        counts[name] = counts.get(name, 0) + 1
        calls[call.id] = call_id(name, counts[name])

    def renamed(ref: Ref) -> Ref:
        return Ref(calls[ref.call], ref.index)

    made = [replace(layer, id=layers[layer.id], name=layers[layer.id]) for layer in topology.layers]
    rng.shuffle(made)
    return Topology(
        layers=tuple(made),
        calls=tuple(
            Call(
                calls[call.id],
                layers[call.layer],
                tuple(Argument(s, renamed(v) if isinstance(v, Ref) else v) for s, v in call.arguments),
                call.outputs,
            )
            for call in ordered
        ),
        inputs=tuple(Port(renamed(tensor), key) for tensor, key in topology.inputs),
        outputs=tuple(Port(renamed(tensor), key) for tensor, key in topology.outputs),
        name=f"relabelled_{seed}",
    )


class _Growth:
    """A network while it grows, with the shape of every tensor known."""

    def __init__(self, rng: Random, level: int) -> None:
        self.rng = rng
        self.level = level
        self.layers: dict[str, Layer] = {}
        self.calls: list[Call] = []
        self.shapes: dict[Ref, Shape] = {}
        self.inputs: list[Port] = []
        self.outputs: list[Port] = []
        self.scopes: list[Scope] = []
        self.scope: tuple[str, ...] = ()

    def topology(self, name: str) -> Topology:
        return Topology(
            tuple(self.layers.values()),
            tuple(self.calls),
            tuple(self.inputs),
            tuple(self.outputs),
            name=name,
            scopes=tuple(self.scopes),
        )

    # Making calls.

    def input(self, shape: Shape, dtype: str | None = None) -> Ref:
        config: dict[str, Json] = {"shape": list(shape)}
        if dtype:
            config["dtype"] = dtype
        tensor = self.call(self.layer("Input", config), ())
        self.inputs.append(Port(tensor))
        return tensor

    def layer(self, kind: str, config: dict[str, Json]) -> str:
        prefix = "input_layer" if kind == "Input" else automatic_name(kind.removeprefix("ops."))
        path = f"{self.scope[-1].split('#')[0]}/" if self.scope else ""
        number, name = 0, prefix
        while f"{path}{name}" in self.layers:
            number += 1
            name = f"{prefix}_{number}"
        self.layers[f"{path}{name}"] = Layer(f"{path}{name}", kind, name, config, facts(kind).owns)
        return f"{path}{name}"

    def call(self, layer: str, arguments: Iterable[Argument], width: int = 1) -> Ref:
        number = sum(call.layer == layer for call in self.calls) + 1
        name = call_id(layer, number)
        call = Call(name, layer, tuple(arguments), (Tensor(),) * width, self.scope)
        self._shape(call)
        self.calls.append(call)
        return Ref(name)

    def _shape(self, call: Call) -> None:
        """Find the shape of what a call returns by asking for that call alone."""
        stands_for = {ref: f"from{index}" for index, ref in enumerate(dict.fromkeys(call.tensors))}
        inputs = [Layer(name, "Input", config={"shape": list(self.shapes[ref])}) for ref, name in stands_for.items()]
        arguments = tuple(Argument(s, Ref(stands_for[v]) if isinstance(v, Ref) else v) for s, v in call.arguments)
        alone = Topology(
            (*inputs, self.layers[call.layer]),
            (*(Call(layer.id, layer.id) for layer in inputs), replace(call, arguments=arguments)),
            (),
            (),
        )
        for index, tensor in enumerate(with_shapes(alone).calls[-1].outputs):
            self.shapes[Ref(call.id, index)] = tensor.shape or ()

    def apply(self, tensor: Ref, kind: str, config: dict[str, Json] | None = None, width: int = 1) -> Ref:
        """A new layer with default slots on one tensor."""
        layer = self.layer(kind, config or {})
        return self.call(layer, [Argument(facts(kind).call_arguments[0], tensor)], width)

    def merged(self, kind: str, tensors: list[Ref]) -> Ref:
        if kind.startswith("ops."):
            return self.call(self.layer(kind, {}), [Argument("x1", tensors[0]), Argument("x2", tensors[1])])
        return self.call(self.layer(kind, {}), arguments_from("inputs", tensors))

    # Growing.

    def grow(self) -> None:
        rng = self.rng
        if self.level <= 2:
            start = self.start("vector" if self.level == 1 else rng.choice(["image", "series", "text"]))
            self.head(self.chain(start, rng.randint(1, 3) + self.level))
            return
        starts = [self.start(rng.choice(["vector", "image", "series", "text"]))]
        if self.level >= 4:
            starts += [self.companion(starts[0]) for _ in range(rng.randint(0, 2))]
        tensors = [self.body(start) for start in starts]
        if self.level >= 4 and len(tensors) > 1:
            tensors = self.shared(tensors)
        joined = self.joined(tensors)
        self.head(joined)
        if self.level >= 4 and rng.random() < 0.5:
            self.head(rng.choice([joined, *tensors]))

    def start(self, family: str) -> Ref:
        rng = self.rng
        if family == "vector":
            return self.input((None, rng.choice([4, 8, 10, 16, 20])))
        if family == "image":
            side = rng.choice([16, 28, 32])
            return self.input((None, side, side, rng.choice([1, 3])))
        if family == "series":
            return self.input((None, rng.choice([12, 16, 24]), rng.choice([2, 4, 6])))
        text = self.input((None, rng.choice([12, 16, 20])), "int32")
        return self.apply(text, "Embedding", {"input_dim": rng.choice([50, 100]), "output_dim": rng.choice([8, 16])})

    def companion(self, start: Ref) -> Ref:
        """A second input: often of the shape of the first, so that layers can be shared."""
        shape = self.shapes[start]
        if self.rng.random() < 0.6 and self.layer_kind(start) == "Input":
            return self.input(shape)
        return self.start(self.rng.choice(["vector", "image", "series", "text"]))

    def layer_kind(self, tensor: Ref) -> str:
        return next(self.layers[call.layer].kind for call in self.calls if call.id == tensor.call)

    def body(self, tensor: Ref) -> Ref:
        rng = self.rng
        for _ in range(rng.randint(1, self.level - 1)):
            grown = [self.chained, self.residual, self.branched]
            if self.level >= 5:
                grown.append(self.nested)
            tensor = rng.choice(grown)(tensor)
        return tensor

    def chained(self, tensor: Ref) -> Ref:
        return self.chain(tensor, self.rng.randint(1, 3))

    def chain(self, tensor: Ref, length: int) -> Ref:
        for _ in range(length):
            tensor = self.step(tensor)
        return tensor

    def step(self, tensor: Ref) -> Ref:
        """One layer that suits the tensor; images and series may shrink and end as vectors."""
        rng = self.rng
        shape = self.shapes[tensor]
        small = len(shape) > 2 and (shape[1] or 0) < 6
        kinds = ["wide", "wide", "keep"] if len(shape) == 2 or small else ["wide", "wide", "keep", "shrink"]
        kind = rng.choice(kinds)
        if kind == "wide":
            return self.wide(tensor, rng.choice([4, 8, 16, 32]))
        if kind == "keep":
            return self.apply(tensor, *rng.choice(self.keeping(len(shape))))
        axes = len(shape) - 2
        kind = rng.choice([f"MaxPooling{axes}D", f"AveragePooling{axes}D"])
        return self.apply(tensor, kind, pooling_config(kind))

    def keeping(self, rank: int) -> list[tuple[str, dict[str, Json]]]:
        rng = self.rng
        return [
            ("Dropout", {"rate": rng.choice([0.1, 0.25, 0.3])}),
            ("BatchNormalization", {}),
            ("Activation", {"activation": rng.choice(["relu", "tanh", "gelu"])}),
            ("ReLU", {}) if rank == 4 else ("LayerNormalization", {}),
        ]

    def wide(self, tensor: Ref, width: int) -> Ref:
        """A layer with weights that sets the last axis and keeps the others."""
        rng = self.rng
        rank = len(self.shapes[tensor])
        activation: dict[str, Json] = rng.choice([{"activation": "relu"}, {"activation": "tanh"}, {}])
        if rank == 2:
            return self.apply(tensor, "Dense", {"units": width, **activation})
        if rank == 4:
            kind = rng.choice(["Conv2D", "Conv2D", "SeparableConv2D"])
            size = rng.choice([[3, 3], [1, 1], [5, 5]])
            return self.apply(tensor, kind, {"filters": width, "kernel_size": size, "padding": "same", **activation})
        kind = rng.choice(["Conv1D", "LSTM", "GRU", "Dense"])
        if kind == "Conv1D":
            return self.apply(tensor, kind, {"filters": width, "kernel_size": [3], "padding": "same", **activation})
        if kind == "Dense":
            return self.apply(tensor, kind, {"units": width, **activation})
        return self.apply(tensor, kind, {"units": width, "return_sequences": True})

    def residual(self, tensor: Ref) -> Ref:
        """A shortcut past one or two layers; through a projection where the width changes."""
        rng = self.rng
        width = rng.choice([self.shapes[tensor][-1] or 8, 8, 16])
        inner = self.wide(tensor, rng.choice([width, 16])) if rng.random() < 0.6 else tensor
        inner = self.wide(inner, width)
        shortcut = tensor if self.shapes[tensor] == self.shapes[inner] else self.wide(tensor, width)
        return self.merged(rng.choice(["Add", "Add", "ops.Add", "Multiply"]), [inner, shortcut])

    def branched(self, tensor: Ref) -> Ref:
        """Two or three branches from one tensor into one merge."""
        rng = self.rng
        if rng.random() < 0.6:
            branches = [self.branch(tensor, rng.choice([4, 8, 16])) for _ in range(rng.randint(2, 3))]
            return self.merged("Concatenate", branches)
        width = rng.choice([8, 16])
        pair = [self.branch(tensor, width), self.branch(tensor, width)]
        return self.merged(rng.choice(["Add", "Subtract", "Multiply", "Average", "Maximum", "ops.Subtract"]), pair)

    def branch(self, tensor: Ref, width: int) -> Ref:
        if self.rng.random() < 0.4:
            tensor = self.apply(tensor, *self.rng.choice(self.keeping(len(self.shapes[tensor]))))
        return self.wide(tensor, width)

    def nested(self, tensor: Ref) -> Ref:
        """A nested model of two or three layers, and now and then called a second time where its input fits again."""
        name = next(n for n in ("encoder", "tower", "block", "stem", *map("block_{}".format, range(99)))
                    if all(scope.layer != n for scope in self.scopes))  # fmt: skip
        self.scopes.append(Scope(name, name, "Functional", name))
        self.scope = (name,)
        inner = self.wide(tensor, self.shapes[tensor][-1] or 8)
        inner = self.residual(inner) if self.rng.random() < 0.3 else self.chain(inner, 1)
        self.scope = ()
        if self.shapes[inner] == self.shapes[tensor] and self.rng.random() < 0.5:
            return self.again(name, tensor, inner)
        return inner

    def again(self, name: str, taken: Ref, returned: Ref) -> Ref:
        """The nested model once more, on what it returned."""
        self.scopes.append(Scope(f"{name}#2", name, "Functional", name))
        self.scope = (f"{name}#2",)
        now = {taken: returned}
        for call in [call for call in self.calls if call.scope == (name,)]:
            arguments = [Argument(s, now.get(v, v) if isinstance(v, Ref) else v) for s, v in call.arguments]
            now[Ref(call.id)] = self.call(call.layer, arguments)
        self.scope = ()
        return now[returned]

    def shared(self, tensors: list[Ref]) -> list[Ref]:
        """One layer for all tensors of one shape, or a twin for each."""
        rng = self.rng
        first = self.shapes[tensors[0]]
        fitting = [tensor for tensor in tensors if self.shapes[tensor] == first]
        made = self.wide(tensors[0], rng.choice([8, 16]))
        layer = self.layers[next(call.layer for call in self.calls if call.id == made.call)]
        results = [made]
        for tensor in tensors[1:]:
            if tensor not in fitting:
                results.append(tensor)
            elif rng.random() < 0.7:
                results.append(self.call(layer.id, [Argument(facts(layer.kind).call_arguments[0], tensor)]))
            else:
                results.append(self.apply(tensor, layer.kind, dict(layer.config)))
        return results

    def joined(self, tensors: list[Ref]) -> Ref:
        if len(tensors) == 1:
            return tensors[0]
        if len({self.shapes[tensor] for tensor in tensors}) > 1:
            tensors = [self.vector(tensor) for tensor in tensors]
            return self.merged("Concatenate", tensors)
        if len(tensors) == 2:
            return self.merged(self.rng.choice(["Concatenate", "Subtract", "Add"]), tensors)
        return self.merged("Concatenate", tensors)

    def vector(self, tensor: Ref) -> Ref:
        """Images and series brought to one vector."""
        axes = len(self.shapes[tensor]) - 2
        if axes == 0:
            return tensor
        if axes == 1 and self.rng.random() < 0.3:
            return self.apply(tensor, self.rng.choice(["LSTM", "GRU"]), {"units": self.rng.choice([8, 16])})
        kinds = ["Flatten", f"GlobalAveragePooling{axes}D", f"GlobalMaxPooling{axes}D"]
        return self.apply(tensor, self.rng.choice(kinds))

    def head(self, tensor: Ref) -> None:
        """A last Dense layer for classes, a probability or a number."""
        units, activation = self.rng.choice([(10, "softmax"), (3, "softmax"), (1, "sigmoid"), (1, None)])
        config: dict[str, Json] = {"units": units}
        if activation:
            config["activation"] = activation
        self.outputs.append(Port(self.apply(self.vector(tensor), "Dense", config)))
