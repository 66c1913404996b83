"""Shapes and weights that follow from the structure, for the layers that sampled networks are made of.

Keras itself is asked for shapes wherever there is a model. Here there is none yet: a network is being made up, or
changed on purpose, and must stay one that Keras can build. Kinds that are not listed give unknown shapes and are never
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod

from kerastutor.knowledge import facts
from kerastutor.topology.graph import Call, Json, Layer, Ref, Tensor, Topology, TopologyError, Weight

Shape = tuple[int | None, ...]
Config = Mapping[str, Json]


class ShapeError(TopologyError):
    """Tensors do not fit the layer they are given to; the message names both."""


def with_shapes(topology: Topology) -> Topology:
    """The same topology with the shapes and weights filled in that follow from its inputs.

    Raises `ShapeError` where a layer cannot take what it is given, or a shared layer is given different widths.

    >>> from kerastutor.topology.graph import Argument, Port
    >>> x = Layer("x", "Input", config={"shape": [None, 4]})
    >>> dense = Layer("d", "Dense", config={"units": 2}, owns="weights")
    >>> calls = (Call("x", "x"), Call("d", "d", (Argument("inputs", Ref("x")),)))
    >>> net = with_shapes(Topology((x, dense), calls, (Port(Ref("x")),), (Port(Ref("d")),)))
    >>> net.tensor(Ref("d")).shape, net.parameters
    ((None, 2), 10)
    """
    tensors: dict[Ref, Tensor] = {}
    weights: dict[str, tuple[Weight, ...] | None] = {}
    calls = []
    for call in topology.calls:
        layer = topology.layer[call.layer]
        taken = [tensors[ref] for ref in call.tensors]
        call = replace(call, outputs=_returned(layer, call, taken))
        tensors.update((Ref(call.id, index), tensor) for index, tensor in enumerate(call.outputs))
        made = _weights(layer, taken)
        if weights.setdefault(layer.id, made) != made:
            raise ShapeError(f"The shared layer {layer.name!r} is given tensors of different widths.")
        calls.append(call)
    layers = tuple(replace(layer, weights=weights.get(layer.id, layer.weights)) for layer in topology.layers)
    return replace(topology, layers=layers, calls=tuple(calls))


def _returned(layer: Layer, call: Call, taken: Sequence[Tensor]) -> tuple[Tensor, ...]:
    if layer.kind == "Input":
        return (Tensor(tuple(layer.config["shape"]), layer.config.get("dtype", "float32")),)
    rule = _SHAPES.get(layer.kind) or (_same if facts(layer.kind).keeps_shape else None)
    shapes = [tensor.shape for tensor in taken]
    known = [shape for shape in shapes if shape is not None]
    if rule is None or not known or len(known) < len(shapes):
        return (Tensor(),) * len(call.outputs)
    try:
        shape = rule(layer.config, known)
    except (ShapeError, IndexError, TypeError, KeyError):
        written = ", ".join(str(shape) for shape in known)
        raise ShapeError(f"{layer.kind} {layer.name!r} cannot take {written}.") from None
    state = (shape[0], layer.config.get("units"))
    several = [Tensor(shape, "float32"), *[Tensor(state, "float32")] * (len(call.outputs) - 1)]
    return tuple(several)


def _need(fits: bool) -> None:
    if not fits:
        raise ShapeError


def _same(config: Config, shapes: Sequence[Shape]) -> Shape:
    return shapes[0]


def _dense(config: Config, shapes: Sequence[Shape]) -> Shape:
    _need(len(shapes[0]) >= 2 and shapes[0][-1] is not None)
    return (*shapes[0][:-1], config["units"])


def _window(config: Config, shape: Shape, size: Sequence[int], strides: Sequence[int]) -> Shape:
    """Length of each spatial axis after windows of `size` every `strides`; None stays None."""
    _need(len(shape) == len(size) + 2)
    lengths: list[int | None] = []
    for length, window, stride in zip(shape[1:-1], size, strides, strict=True):
        if length is None:
            lengths.append(None)
            continue
        kept = length if config.get("padding") == "same" else length - window + 1
        _need(kept > 0)
        lengths.append(-(-kept // stride))
    return (shape[0], *lengths, shape[-1])


def _pairs(value: Json, axes: int) -> list[int]:
    return [value] * axes if isinstance(value, int) else list(value)


def _convolution(axes: int) -> Callable[[Config, Sequence[Shape]], Shape]:
    def rule(config: Config, shapes: Sequence[Shape]) -> Shape:
        size, strides = _pairs(config["kernel_size"], axes), _pairs(config.get("strides", 1), axes)
        dilated = [(n - 1) * d + 1 for n, d in zip(size, _pairs(config.get("dilation_rate", 1), axes), strict=True)]
        spatial = _window(config, shapes[0], dilated, strides)
        return (*spatial[:-1], config.get("filters", spatial[-1]))

    return rule


def _pooling(axes: int) -> Callable[[Config, Sequence[Shape]], Shape]:
    def rule(config: Config, shapes: Sequence[Shape]) -> Shape:
        size = _pairs(config.get("pool_size", 2), axes)
        return _window(config, shapes[0], size, _pairs(config.get("strides") or size, axes))

    return rule


def _global_pooling(axes: int) -> Callable[[Config, Sequence[Shape]], Shape]:
    def rule(config: Config, shapes: Sequence[Shape]) -> Shape:
        _need(len(shapes[0]) == axes + 2)
        return (shapes[0][0], shapes[0][-1])

    return rule


def _flatten(config: Config, shapes: Sequence[Shape]) -> Shape:
    lengths = shapes[0][1:]
    return (shapes[0][0], None if None in lengths else prod(n for n in lengths if n is not None))


def _embedding(config: Config, shapes: Sequence[Shape]) -> Shape:
    return (*shapes[0], config["output_dim"])


def _recurrent(config: Config, shapes: Sequence[Shape]) -> Shape:
    batch, time, _ = shapes[0]
    return (batch, time, config["units"]) if config.get("return_sequences") else (batch, config["units"])


def _equal(config: Config, shapes: Sequence[Shape]) -> Shape:
    _need(len(set(shapes)) == 1)
    return shapes[0]


def _two(config: Config, shapes: Sequence[Shape]) -> Shape:
    _need(len(shapes) == 2)
    return _equal(config, shapes)


def _concatenate(config: Config, shapes: Sequence[Shape]) -> Shape:
    _need(config.get("axis", -1) in (-1, len(shapes[0]) - 1) and len({shape[:-1] for shape in shapes}) == 1)
    widths = [shape[-1] for shape in shapes]
    return (*shapes[0][:-1], None if None in widths else sum(n for n in widths if n is not None))


def _repeat(config: Config, shapes: Sequence[Shape]) -> Shape:
    batch, width = shapes[0]
    return (batch, config["n"], width)


def _attention(config: Config, shapes: Sequence[Shape]) -> Shape:
    _need(len(shapes[0]) == 3 and len(shapes[1]) == 3)
    return shapes[0]


_SHAPES: dict[str, Callable[[Config, Sequence[Shape]], Shape]] = {
    "Dense": _dense,
    "Flatten": _flatten,
    "Embedding": _embedding,
    "RepeatVector": _repeat,
    "Concatenate": _concatenate,
    "MultiHeadAttention": _attention,
    **dict.fromkeys(["LSTM", "GRU", "SimpleRNN"], _recurrent),
    **dict.fromkeys(["Add", "Multiply", "Average", "Maximum", "Minimum"], _equal),
    **dict.fromkeys(["ops.Add", "ops.Multiply", "ops.Subtract"], _equal),  # with a number there is one tensor
    "Subtract": _two,
    **{f"Conv{axes}D": _convolution(axes) for axes in (1, 2)},
    **{f"SeparableConv{axes}D": _convolution(axes) for axes in (1, 2)},
    **{f"{kind}Pooling{axes}D": _pooling(axes) for kind in ("Max", "Average") for axes in (1, 2)},
    **{f"Global{kind}Pooling{axes}D": _global_pooling(axes) for kind in ("Max", "Average") for axes in (1, 2)},
}  # fmt: skip


def _weights(layer: Layer, taken: Sequence[Tensor]) -> tuple[Weight, ...] | None:
    """The weights a layer makes for the tensors it is given; None for the kinds that are not known here."""
    if layer.kind == "Input":
        return ()
    if layer.owns != "weights" and (layer.kind in _SHAPES or facts(layer.kind).keeps_shape):
        return ()
    shape = taken[0].shape if taken else None
    if shape is None:
        return () if layer.kind in _SHAPES else layer.weights
    made = _made(layer, shape)
    if made is None:
        return layer.weights
    return tuple(Weight(name, size, learns and layer.trainable) for name, size, learns in made)


def _made(layer: Layer, shape: Shape) -> list[tuple[str, tuple[int, ...], bool]] | None:
    config, width = layer.config, shape[-1] or 0
    units = config.get("units", config.get("filters", 0))
    bias = [("bias", (units,), True)] if config.get("use_bias", True) else []
    match layer.kind:
        case "Dense":
            return [("kernel", (width, units), True), *bias]
        case "Conv1D" | "Conv2D":
            return [("kernel", (*config["kernel_size"], width, units), True), *bias]
        case "SeparableConv1D" | "SeparableConv2D":
            window = tuple(config["kernel_size"])
            pointwise = (*(1 for _ in window), width, units)
            return [("depthwise_kernel", (*window, width, 1), True), ("pointwise_kernel", pointwise, True), *bias]
        case "Embedding":
            return [("embeddings", (config["input_dim"], config["output_dim"]), True)]
        case "LSTM" | "GRU" | "SimpleRNN":
            gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[layer.kind] * units
            biases = (2, gates) if layer.kind == "GRU" else (gates,)
            return [
                ("kernel", (width, gates), True),
                ("recurrent_kernel", (units, gates), True),
                ("bias", biases, True),
            ]
        case "BatchNormalization":
            learned = [("gamma", (width,), True), ("beta", (width,), True)]
            return [*learned, ("moving_mean", (width,), False), ("moving_variance", (width,), False)]
        case "LayerNormalization":
            return [("gamma", (width,), True), ("beta", (width,), True)]
        case "MultiHeadAttention":
            heads, size = config["num_heads"], config["key_dim"]
            inward = [("kernel", (width, heads, size), True), ("bias", (heads, size), True)] * 3
            return [*inward, ("kernel", (heads, size, width), True), ("bias", (width,), True)]
    return None
