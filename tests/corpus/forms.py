"""Forms: nested models, subclassed models, layers that hold layers."""

import keras
from keras import layers as L
from keras import ops

from corpus.pair import Collection, Models

PAIRS = Collection()


class Residual(L.Layer):
    """Two Dense layers and a shortcut."""

    def __init__(self, units: int, **options) -> None:
        super().__init__(**options)
        self.first = L.Dense(units, activation="relu")
        self.second = L.Dense(units)

    def call(self, x):
        return x + self.second(self.first(x))


class WithoutShortcut(Residual):
    """The same layers, the shortcut forgotten."""

    def call(self, x):
        return self.second(self.first(x))


class Network(keras.Model):
    """Two residual blocks and a head."""

    def __init__(self, block=Residual) -> None:
        super().__init__()
        self.blocks = [block(4), block(4)]
        self.head = L.Dense(1)

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return ops.sigmoid(self.head(x))


class Shared(keras.Model):
    """One encoder on both of two inputs."""

    def __init__(self, twins: bool = False) -> None:
        super().__init__()
        self.encoder = keras.Sequential([L.Dense(4, "relu"), L.Dense(3)])
        self.other = keras.Sequential([L.Dense(4, "relu"), L.Dense(3)]) if twins else self.encoder
        self.head = L.Dense(1)

    def call(self, inputs):
        a, b = inputs
        return self.head(ops.abs(self.encoder(a) - self.other(b)))


class Dropping(keras.Model):
    """A head on its input; with `spare` something is computed on the way that nobody uses."""

    def __init__(self, spare: bool) -> None:
        super().__init__()
        self.head = L.Dense(1)
        self.spare = spare

    def call(self, x):
        if self.spare:
            ops.tanh(x)
        return self.head(x)


def called(model: keras.Model, *shapes: tuple[int, ...]) -> keras.Model:
    data = [ops.zeros((1, *shape)) for shape in shapes]
    model(data[0] if len(data) == 1 else data)
    return model


def written_out() -> keras.Model:
    x = keras.Input((4,))
    y = x
    for _ in range(2):
        y = L.Add()([L.Dense(4)(L.Dense(4, "relu")(y)), y])
    return keras.Model(x, L.Dense(1, activation="sigmoid")(y))


@PAIRS.same
def subclass_and_graph() -> Models:
    """A subclassed model and the same written as a graph."""
    return called(Network(), (4,)), written_out()


@PAIRS.same
def custom_layer_in_sequential() -> Models:
    """A residual layer in a Sequential: the shortcut is inside the layer."""
    return keras.Sequential([keras.Input((4,)), Residual(4), Residual(4), L.Dense(1, "sigmoid")]), written_out()


@PAIRS.same
def custom_layer_in_graph() -> Models:
    """A residual layer in a functional model."""
    x = keras.Input((4,))
    return keras.Model(x, L.Dense(1, "sigmoid")(Residual(4)(Residual(4)(x)))), called(Network(), (4,))


@PAIRS.different
def subclass_without_shortcut() -> Models:
    """A subclass with the same layers and no shortcut."""
    return called(Network(), (4,)), called(Network(WithoutShortcut), (4,))


@PAIRS.same
def shared_in_subclass() -> Models:
    """An encoder shared inside a subclassed model."""
    a, b = keras.Input((6,)), keras.Input((6,))
    encoder = keras.Sequential([L.Dense(4, "relu"), L.Dense(3)])
    return called(Shared(), (6,), (6,)), keras.Model([a, b], L.Dense(1)(ops.abs(encoder(a) - encoder(b))))


@PAIRS.different
def shared_or_twins_in_subclass() -> Models:
    """One encoder or two, inside subclassed models."""
    return called(Shared(), (6,), (6,)), called(Shared(twins=True), (6,), (6,))


def chain_of(*layers: keras.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((6,)), *layers])


@PAIRS.same
def nested_sequential() -> Models:
    """Layers grouped in a nested Sequential."""
    return (
        chain_of(L.Dense(4, "relu"), L.Dense(3), L.Dense(2)),
        chain_of(keras.Sequential([L.Dense(4, "relu"), L.Dense(3)]), L.Dense(2)),
    )


@PAIRS.same
def nested_twice() -> Models:
    """A Sequential in a Sequential in a functional model."""
    x = keras.Input((6,))
    inner = keras.Sequential([keras.Sequential([L.Dense(4, "relu")]), L.Dense(3)])
    return chain_of(L.Dense(4, "relu"), L.Dense(3), L.Dense(2)), keras.Model(x, L.Dense(2)(inner(x)))


@PAIRS.same
def nested_functional() -> Models:
    """A functional model with a branch, used as a layer."""
    x = keras.Input((6,))
    branchy = keras.Model(x, L.Concatenate()([L.Dense(2)(x), L.Dense(3, "relu")(x)]))
    y, z = keras.Input((6,)), keras.Input((6,))
    return (
        keras.Model(y, L.Dense(1)(branchy(y))),
        keras.Model(z, L.Dense(1)(L.Concatenate()([L.Dense(2)(z), L.Dense(3, "relu")(z)]))),
    )


@PAIRS.different
def rebuilt_sub_model() -> Models:
    """A sub-model built anew for the second call instead of called again."""

    def encoder() -> keras.Model:
        return keras.Sequential([L.Dense(4, "relu"), L.Dense(4)])

    x, y = keras.Input((4,)), keras.Input((4,))
    one = encoder()
    return keras.Model(x, one(one(x))), keras.Model(y, encoder()(encoder()(y)))


@PAIRS.same
def cut_from_a_bigger_graph() -> Models:
    """A model cut out of the middle of another."""
    x = keras.Input((6,))
    hidden = L.Dense(4, "relu")(x)
    out = L.Dense(2)(hidden)
    keras.Model(x, [out, L.Dense(9)(hidden)])
    return keras.Model(hidden, out), keras.Sequential([keras.Input((4,)), L.Dense(2)])


@PAIRS.same
def layers_borrowed() -> Models:
    """Layers taken from another model and called again on a new input."""
    first = chain_of(L.Dense(4, "relu"), L.Dense(3))
    x = keras.Input((6,))
    y = x
    for layer in first.layers:
        y = layer(y)
    return first, keras.Model(x, y)


@PAIRS.same
def clone() -> Models:
    """keras.models.clone_model."""
    model = written_out()
    return model, keras.models.clone_model(model)


@PAIRS.same
def from_config() -> Models:
    """Through get_config and back."""
    model = written_out()
    return model, keras.Model.from_config(model.get_config())


@PAIRS.different
def named_like_dense() -> Models:
    """A class of one's own that only calls itself Dense."""

    class Dense(L.Layer):
        def __init__(self, units: int, **options) -> None:
            super().__init__(**options)
            self.units, self.activation = units, keras.activations.linear

        def call(self, x):
            return x[:, : self.units]

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    return chain_of(L.Dense(4)), chain_of(Dense(4))


@PAIRS.same
def computed_and_dropped() -> Models:
    """What a class computes and does not return is nobody's input."""
    return called(Dropping(True), (3,)), called(Dropping(False), (3,))
