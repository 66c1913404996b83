"""Small topologies written by hand, for tests that must not depend on Keras."""

from __future__ import annotations

from typing import Any

from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Scope, Tensor, Topology, Weight


class Net:
    """Writes a topology call by call.

    >>> net = Net("tiny")
    >>> x = net.input("x", (None, 4))
    >>> net.topology(net.call("Dense", "out", [x], (None, 2), units=2))
    Topology('tiny': 2 layers, 2 calls)
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.layers: dict[str, Layer] = {}
        self.calls: list[Call] = []
        self.scopes: list[Scope] = []
        self.inside: tuple[str, ...] = ()

    def input(self, name: str, shape: tuple[int | None, ...] | None, dtype: str = "float32") -> Ref:
        self.layers[name] = Layer(name, "Input", config={"shape": shape and list(shape), "dtype": dtype}, weights=())
        self.calls.append(Call(name, name, (), (Tensor(shape, dtype),)))
        return Ref(name)

    def call(
        self,
        kind: str,
        name: str,
        given: Any,
        shape: tuple[int | None, ...] | None = None,
        *,
        weights: tuple[tuple[int, ...], ...] = (),
        tensors: int = 1,
        **config: Any,
    ) -> Ref:
        """Call a layer, made at its first call. `given`: a list of tensors, or a dict from slots to values."""
        if not isinstance(given, dict):
            given = {"inputs": given[0]} if len(given) == 1 else {f"inputs.{n}": ref for n, ref in enumerate(given)}
        if name not in self.layers:
            owned = tuple(Weight(f"w{n}", length) for n, length in enumerate(weights))
            own = "weights" if owned else "nothing"
            self.layers[name] = Layer(name, kind, name.rsplit("/")[-1], config=config, owns=own, weights=owned)
        uses = sum(call.layer == name for call in self.calls)
        key = f"{name}#{uses + 1}" if uses else name
        arguments = tuple(Argument(slot, value) for slot, value in given.items())
        self.calls.append(Call(key, name, arguments, tuple(Tensor(shape) for _ in range(tensors)), self.inside))
        return Ref(key)

    def topology(self, *outputs: Ref, api: Any = "functional") -> Topology:
        inputs = tuple(Port(Ref(call.id)) for call in self.calls if self.layers[call.layer].kind == "Input")
        ports = tuple(Port(ref) for ref in outputs)
        layers = tuple(self.layers.values())
        return Topology(layers, tuple(self.calls), inputs, ports, self.name, api, tuple(self.scopes))


def digits() -> Topology:
    net = Net("digits")
    x = net.input("image", (None, 784))
    x = net.call("Dense", "hidden", [x], (None, 128), weights=((784, 128), (128,)), units=128, activation="relu")
    x = net.call("Dropout", "dropout", [x], (None, 128), rate=0.2)
    x = net.call("Dense", "digit", [x], (None, 10), weights=((128, 10), (10,)), units=10, activation="softmax")
    return net.topology(x, api="sequential")


def tickets() -> Topology:
    """A text and its metadata, merged."""
    net = Net("tickets")
    text = net.input("title", (None, None), "int32")
    x = net.call("Embedding", "words", [text], (None, None, 64), weights=((10000, 64),), input_dim=10000, output_dim=64)
    x = net.call("LSTM", "reader", [x], (None, 32), weights=((64, 128), (32, 128), (128,)), units=32)
    meta = net.input("metadata", (None, 5))
    m = net.call("Dense", "facts", [meta], (None, 16), weights=((5, 16), (16,)), units=16, activation="relu")
    x = net.call("Concatenate", "both", [x, m], (None, 48))
    a = net.call("Dense", "priority", [x], (None, 1), weights=((48, 1), (1,)), units=1, activation="sigmoid")
    b = net.call("Dense", "team", [x], (None, 4), weights=((48, 4), (4,)), units=4, activation="softmax")
    return net.topology(a, b)


def residual() -> Topology:
    net = Net("residual")
    side = {"filters": 64, "kernel_size": [3, 3], "padding": "same"}
    x = net.input("image", (None, 32, 32, 3))
    x = net.call("Conv2D", "stem", [x], (None, 32, 32, 64), weights=((3, 3, 3, 64), (64,)), **side, activation="relu")
    y = net.call("Conv2D", "conv_a", [x], (None, 32, 32, 64), weights=((3, 3, 64, 64), (64,)), **side)
    y = net.call("BatchNormalization", "norm_a", [y], (None, 32, 32, 64), weights=((64,), (64,), (64,), (64,)))
    y = net.call("Activation", "relu_a", [y], (None, 32, 32, 64), activation="relu")
    y = net.call("Conv2D", "conv_b", [y], (None, 32, 32, 64), weights=((3, 3, 64, 64), (64,)), **side)
    z = net.call("ops.Add", "add", {"x1": x, "x2": y}, (None, 32, 32, 64))
    z = net.call("GlobalAveragePooling2D", "pool", [z], (None, 64))
    z = net.call("Dense", "label", [z], (None, 10), weights=((64, 10), (10,)), units=10, activation="softmax")
    return net.topology(z)


def siamese() -> Topology:
    """One shared encoder, a nested model called twice."""
    net = Net("siamese")
    a, b = net.input("left", (None, 28, 28, 1)), net.input("right", (None, 28, 28, 1))
    codes = []
    for key, x in (("encoder", a), ("encoder#2", b)):
        net.inside = (key,)
        net.scopes.append(Scope(key, "encoder", "Sequential", "encoder"))
        kernel = {"filters": 16, "kernel_size": [3, 3], "activation": "relu"}
        x = net.call("Conv2D", "encoder/look", [x], (None, 26, 26, 16), weights=((3, 3, 1, 16), (16,)), **kernel)
        x = net.call("Flatten", "encoder/flat", [x], (None, 10816))
        codes.append(net.call("Dense", "encoder/code", [x], (None, 32), weights=((10816, 32), (32,)), units=32))
    net.inside = ()
    d = net.call("Subtract", "difference", codes, (None, 32))
    out = net.call("Dense", "same", [d], (None, 1), weights=((32, 1), (1,)), units=1, activation="sigmoid")
    return net.topology(out)


def inception() -> Topology:
    net = Net("inception")
    x = net.input("features", (None, 28, 28, 192))

    def conv(name: str, given: Ref, filters: int, size: int) -> Ref:
        shape = ((size, size, 192, filters), (filters,))
        config = {"filters": filters, "kernel_size": [size, size], "padding": "same", "activation": "relu"}
        return net.call("Conv2D", name, [given], (None, 28, 28, filters), weights=shape, **config)

    one = conv("one", x, 64, 1)
    three = conv("three", conv("three_reduce", x, 96, 1), 128, 3)
    five = conv("five", conv("five_reduce", x, 16, 1), 32, 5)
    pooled = net.call("MaxPooling2D", "pool", [x], (None, 28, 28, 192), pool_size=[3, 3], strides=[1, 1])
    pooled = conv("pool_project", pooled, 32, 1)
    return net.topology(net.call("Concatenate", "all", [one, three, five, pooled], (None, 28, 28, 256)))
