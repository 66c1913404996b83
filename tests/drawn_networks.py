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


def _chain(name: str, *steps: tuple[str, str, tuple[int | None, ...], dict[str, Any]]) -> Topology:
    net = Net(name)
    x = net.input("x", (None, 16, 8))
    for kind, layer, shape, config in steps:
        x = net.call(kind, layer, [x], shape, **config)
    return net.topology(x, api="sequential")


def convolutions() -> Topology:
    return _chain(
        "convolutions",
        ("Conv1D", "look", (None, 14, 32), {"filters": 32, "kernel_size": [3], "activation": "relu"}),
        ("MaxPooling1D", "halve", (None, 7, 32), {}),
        ("SeparableConv1D", "again", (None, 5, 64), {"filters": 64, "kernel_size": [3], "activation": "gelu"}),
        ("GlobalMaxPooling1D", "most", (None, 64), {}),
        ("Dense", "class", (None, 5), {"units": 5, "activation": "softmax"}),
    )


def recurrent() -> Topology:
    return _chain(
        "recurrent",
        ("GRU", "forth", (None, 16, 8), {"units": 8, "return_sequences": True}),
        ("LSTM", "last", (None, 4), {"units": 4}),
        ("Reshape", "shape", (None, 2, 2), {"target_shape": [2, 2]}),
        ("Flatten", "flat", (None, 4), {}),
        ("LayerNormalization", "norm", (None, 4), {}),
        ("Dense", "value", (None, 1), {"units": 1}),
    )


def states() -> Topology:
    """A layer that returns several tensors, taken by name."""
    net = Net("states")
    source, target = net.input("source", (None, None), "int32"), net.input("target", (None, None), "int32")
    a = net.call("Embedding", "read", [source], (None, None, 16), input_dim=500, output_dim=16)
    b = net.call("Embedding", "write", [target], (None, None, 16), input_dim=500, output_dim=16)
    a = net.call("LSTM", "encode", [a], (None, 32), tensors=3, units=32, return_state=True)
    given = {"sequence": b, "initial_state.0": Ref("encode", 1), "initial_state.1": Ref("encode", 2)}
    b = net.call("LSTM", "decode", given, (None, None, 32), units=32, return_sequences=True)
    word = net.call("Dense", "word", [b], (None, None, 500), units=500, activation="softmax")
    return net.topology(word)


def attention() -> Topology:
    net = Net("attention")
    x = net.input("tokens", (None, 20, 32))
    given = {"query": x, "value": x, "key": x}
    y = net.call("MultiHeadAttention", "attend", given, (None, 20, 32), num_heads=4, key_dim=8)
    y = net.call("Add", "add", [x, y], (None, 20, 32))
    y = net.call("LayerNormalization", "norm", [y], (None, 20, 32))
    return net.topology(y)


def square() -> Topology:
    net = Net("square")
    x = net.input("x", (None, 4))
    x = net.call("ops.Multiply", "double", {"x1": x, "x2": 2}, (None, 4))
    return net.topology(net.call("ops.Multiply", "square", {"x1": x, "x2": x}, (None, 4)))


def loop() -> Topology:
    """One cell called three times."""
    net = Net("loop")
    x = net.input("x", (None, 4))
    for _ in range(3):
        x = net.call("Dense", "cell", [x], (None, 4), weights=((4, 4), (4,)), units=4, activation="tanh")
    return net.topology(x)


def keyed() -> Topology:
    """Outputs with keys."""
    net = Net("keyed")
    x = net.input("x", (None, 4))
    a = net.call("Dense", "a", [x], (None, 1), units=1)
    whole = net.topology(a)
    ports = (Port(a, "price"), Port(x, "features"))
    return Topology(whole.layers, whole.calls, whole.inputs, ports, "keyed")


def nested() -> Topology:
    """A model in a model in a model."""
    net = Net("nested")
    x = net.input("x", (None, 4))
    scopes = (
        Scope("outer", "outer", "Functional", "outer"),
        Scope("outer/inner", "inner", "Functional", "outer/inner"),
    )
    net.scopes.extend(scopes)
    net.inside = ("outer",)
    x = net.call("Dense", "outer/a", [x], (None, 3), units=3)
    net.inside = ("outer", "outer/inner")
    y = net.call("Dense", "outer/inner/b", [x], (None, 3), units=3)
    net.inside = ("outer",)
    x = net.call("Add", "outer/add", [x, y], (None, 3))
    net.inside = ()
    return net.topology(net.call("Dense", "out", [x], (None, 1), units=1))


def loose() -> Topology:
    net = Net("loose")
    x = net.input("x", (None, 4))
    out = net.call("Dense", "used", [x], (None, 1), units=1)
    net.call("Dense", "forgotten", [x], (None, 1), units=1)
    net.layers["never"] = Layer("never", "Dense", config={"units": 3})
    return net.topology(out)


def unknown() -> Topology:
    net = Net("unknown")
    x = net.input("x", None)
    x = net.call("my_package>Whiten", "whiten", [x], strength=0.5)
    return net.topology(net.call("Lambda", "lambda", [x]))


def unfinished() -> Topology:
    """As the builder shows it: no outputs yet."""
    net = Net("unfinished")
    x = net.input("x", (None, 4))
    net.call("Dense", "so_far", [x], (None, 3), units=3, activation="relu")
    return net.topology()


def frozen() -> Topology:
    net = Net("frozen")
    x = net.input("x", (None, 4))
    net.layers["kept"] = Layer(
        "kept", "Dense", config={"units": 3}, owns="weights", trainable=False, weights=(Weight("kernel", (4, 3)),)
    )
    x = net.call("Dense", "kept", [x], (None, 3))
    return net.topology(net.call("Dropout", "drop", [x], (None, 3), rate=0.5))


def names() -> Topology:
    net = Net('a<b&c"\\n')
    x = net.input("日本語の入力", (None, 4))
    x = net.call("Dense", "a_very_long_name_that_no_box_on_earth_could_ever_hold_in_one_line", [x], (None, 3), units=3)
    return net.topology(net.call("Dense", "<script>\"'&", [x], (None, 1), units=1))


def wide() -> Topology:
    net = Net("wide")
    x = net.input("x", (None, 4))
    branches = [net.call("Dense", f"branch_{n}", [x], (None, n + 1), units=n + 1) for n in range(8)]
    return net.topology(net.call("Concatenate", "join", branches, (None, 36)))


def slices() -> Topology:
    net = Net("slices")
    x = net.input("x", (None, 10, 4))
    a = net.call("ops.GetItem", "first", {"x": x, "key": [None, 0]}, (None, 4))
    b = net.call("ops.Mean", "mean", {"x": x}, (None, 4), axis=1)
    return net.topology(net.call("ops.Subtract", "difference", {"x1": a, "x2": b}, (None, 4)))


def unet() -> Topology:
    """Shortcuts over shortcuts."""
    net = Net("unet")
    x = net.input("image", (None, 64, 64, 1))
    kept = []
    for level, size in enumerate((64, 32, 16)):
        x = net.call(
            "Conv2D", f"down_{level}", [x], (None, size, size, 8), filters=8, kernel_size=[3, 3], padding="same"
        )
        kept.append(x)
        x = net.call("MaxPooling2D", f"pool_{level}", [x], (None, size // 2, size // 2, 8))
    for level, size in reversed(list(enumerate((64, 32, 16)))):
        x = net.call("UpSampling2D", f"grow_{level}", [x], (None, size, size, 8))
        x = net.call("Concatenate", f"join_{level}", [kept[level], x], (None, size, size, 16))
        x = net.call("Conv2D", f"up_{level}", [x], (None, size, size, 8), filters=8, kernel_size=[3, 3], padding="same")
    return net.topology(x)


def resnet() -> Topology:
    """Large enough to be folded."""
    net = Net("resnet")
    x = net.input("image", (None, 8, 8, 4))
    for stage in range(3):
        for block in range(4):
            y = net.call(
                "Conv2D", f"stage{stage}_block{block}_conv", [x], (None, 8, 8, 4), filters=4 + stage, kernel_size=[3, 3]
            )
            y = net.call("BatchNormalization", f"stage{stage}_block{block}_norm", [y], (None, 8, 8, 4))
            y = net.call("Activation", f"stage{stage}_block{block}_relu", [y], (None, 8, 8, 4), activation="relu")
            x = net.call("Add", f"stage{stage}_block{block}_add", [x, y], (None, 8, 8, 4))
    return net.topology(net.call("Flatten", "flat", [x], (None, 256)))


def partial() -> Topology:
    whole = digits()
    return Topology(
        whole.layers, whole.calls, whole.inputs, whole.outputs, "partial", "subclassed", (), "An if asks for a value."
    )


def through() -> Topology:
    """The input is the output."""
    net = Net("through")
    return net.topology(net.input("x", (None, 4)))


def twins() -> Topology:
    """Two towers with weights of their own."""
    net = Net("twins")
    towers = []
    for name in ("left", "right"):
        x = net.input(name, (None, 8))
        x = net.call("Dense", f"{name}_1", [x], (None, 4), units=4, activation="relu")
        towers.append(net.call("Dense", f"{name}_2", [x], (None, 4), units=4))
    return net.topology(net.call("Dot", "alike", towers, (None, 1), axes=1))


GALLERY = {
    make.__name__: make
    for make in (
        *(digits, tickets, residual, siamese, inception, convolutions, recurrent, states, attention, square, loop),
        *(
            keyed,
            nested,
            loose,
            unknown,
            unfinished,
            frozen,
            names,
            wide,
            slices,
            unet,
            resnet,
            partial,
            through,
            twins,
        ),
    )
}
"""Twenty-five small networks, each with something a drawing must get right."""
