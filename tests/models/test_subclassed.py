"""Subclassed models as learners write them: whatever their `call` takes, they are the networks that graphs are."""

import keras
import numpy as np
import pytest
from keras import layers as L
from keras import ops

from kerastutor.models.reading import NotReadable, read
from kerastutor.models.twins import prove_same
from kerastutor.topology.sameness.canonical import equal


def ones(*shape, dtype="float32"):
    return np.ones((2, *shape), dtype)


class Siamese(keras.Model):
    """Two arguments, as everybody writes it who has two inputs."""

    def __init__(self):
        super().__init__()
        self.encoder, self.head = L.Dense(3), L.Dense(1)

    def call(self, left, right):
        return self.head(self.encoder(left) - self.encoder(right))


class Reordered(Siamese):
    def call(self, left, right=None, training=None):
        return self.head(self.encoder(left) - self.encoder(right))


class Spread(Siamese):
    def call(self, *both):
        return self.head(self.encoder(both[0]) - self.encoder(both[1]))


class Paired(Siamese):
    def call(self, both):
        left, right = both
        return self.head(self.encoder(left) - self.encoder(right))


def siamese_graph():
    left, right, encoder = keras.Input((4,), name="left"), keras.Input((4,), name="right"), L.Dense(3)
    return keras.Model([left, right], L.Dense(1)(L.Subtract()([encoder(left), encoder(right)])))


@pytest.mark.filterwarnings("ignore::UserWarning:keras")
@pytest.mark.parametrize(
    ("make", "call"),
    [
        (Siamese, lambda model: model(ones(4), ones(4))),
        (Siamese, lambda model: model(left=ones(4), right=ones(4))),
        (Siamese, lambda model: model(keras.Input((4,)), keras.Input((4,)))),
        (Reordered, lambda model: model(ones(4), right=ones(4), training=True)),
        (Reordered, lambda model: model(keras.Input((4,)), right=keras.Input((4,)))),
        (Spread, lambda model: model(ones(4), ones(4))),
        (Paired, lambda model: model([ones(4), ones(4)])),
        (Paired, lambda model: model((keras.Input((4,)), keras.Input((4,))))),
    ],
)
def test_two_inputs_are_two_inputs_however_call_takes_them(make, call):
    model = make()
    call(model)
    topology = read(model)
    assert topology.partial is None
    assert equal(topology, read(siamese_graph()))
    assert prove_same(model, siamese_graph())


class ImageAndFacts(keras.Model):
    """Arguments of different shapes; `weather` may be left out."""

    def __init__(self):
        super().__init__()
        self.look, self.pool, self.join = L.Conv2D(2, 3), L.GlobalAveragePooling2D(), L.Concatenate()
        self.head = L.Dense(2)

    def call(self, image, facts, weather=None):
        seen = self.join([self.pool(self.look(image)), facts])
        return self.head(seen if weather is None else self.join([seen, weather]))


def image_and_facts_graph(*, weather):
    image, facts, sky = keras.Input((8, 8, 1)), keras.Input((5,)), keras.Input((3,))
    seen = L.Concatenate()([L.GlobalAveragePooling2D()(L.Conv2D(2, 3)(image)), facts])
    if not weather:
        return keras.Model([image, facts], L.Dense(2)(seen))
    return keras.Model([image, facts, sky], L.Dense(2)(L.Concatenate()([seen, sky])))


@pytest.mark.parametrize("weather", [False, True])
def test_arguments_of_any_shape_are_known_where_the_model_was_called_on_inputs(weather):
    model = ImageAndFacts()
    sky = {"weather": keras.Input((3,))} if weather else {}
    model(keras.Input((8, 8, 1)), keras.Input((5,)), **sky)
    assert equal(read(model), read(image_and_facts_graph(weather=weather)))


def test_layers_that_were_built_tell_the_shape_of_an_argument():
    model = ImageAndFacts()
    model(ones(8, 8, 1), ones(5))
    assert equal(read(model), read(image_and_facts_graph(weather=False)))


class Hidden(ImageAndFacts):
    """No layer takes the facts as they are."""

    def call(self, image, facts):
        return self.head(ops.concatenate([self.pool(self.look(image)), facts], axis=-1))


@pytest.mark.filterwarnings("ignore::UserWarning:keras")  # `join` is not used
def test_a_shape_that_nothing_tells_is_asked_for():
    model = Hidden()
    model(ones(8, 8, 1), ones(5))
    with pytest.raises(NotReadable, match=r"shape of `facts`.*keras\.Input") as caught:
        read(model)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore::UserWarning:keras")
def test_no_layer_is_built_for_a_guess():
    model = Siamese()
    model.build((None, 4))
    with pytest.raises(NotReadable, match="shape of `right`"):
        read(model)
    assert not model.encoder.built


class Text(keras.Model):
    def __init__(self):
        super().__init__()
        self.words, self.pool, self.head = L.Embedding(10, 4), L.GlobalAveragePooling1D(), L.Dense(2)

    def call(self, text):
        return self.head(self.pool(self.words(text)))


def text_graph(dtype):
    text = keras.Input((5,), dtype=dtype)
    return keras.Model(text, L.Dense(2)(L.GlobalAveragePooling1D()(L.Embedding(10, 4)(text))))


@pytest.mark.parametrize("make", [Text, lambda: keras.Sequential(text_graph("int32").layers[1:])])
def test_a_model_of_words_is_the_graph_of_words(make):
    model = make()
    model(ones(5, dtype="int32"))
    assert equal(read(model), read(text_graph("int32")))
    assert prove_same(model, text_graph("int32"))


def test_inputs_have_the_names_of_what_call_takes_and_no_name_is_used_up():
    model = Siamese()
    model(ones(4), ones(4))
    before = _number(L.InputLayer((2,)))
    first, second = read(model).to_json(), read(model).to_json()
    assert first == second
    assert [port.tensor.call for port in read(model).inputs] == ["left", "right"]
    assert _number(L.InputLayer((2,))) == before + 1


def _number(layer):
    return int("0" + layer.name.removeprefix("input_layer").removeprefix("_"))


def test_a_list_or_dict_that_call_takes_gives_each_input_a_name():
    model = Paired()
    model([ones(4), ones(4)])
    assert [port.tensor.call for port in read(model).inputs] == ["both_0", "both_1"]


class Scores(keras.Model):
    """Returns something that is no tensor beside one."""

    def __init__(self, beside):
        super().__init__()
        self.dense, self.beside = L.Dense(3), beside

    def call(self, x):
        return self.dense(x), self.beside


@pytest.mark.parametrize("beside", [None, 3.0])
def test_what_is_returned_and_is_no_tensor_is_no_output(beside):
    model = Scores(beside)
    model(ones(4))
    topology = read(model)
    assert [port.tensor.call for port in topology.outputs] == [model.dense.name]
    assert bool(topology.partial) is (beside is not None)


class Forgetful(Text):
    def call(self, text):
        self.head(self.pool(self.words(text)))


def test_a_call_that_returns_nothing_is_told_to_return():
    model = Forgetful()
    model(ones(5, dtype="int32"))
    with pytest.raises(NotReadable, match="returns no tensor; end it with `return`"):
        read(model)


@pytest.mark.parametrize("inputs", [1, 2])
def test_a_stack_without_input_around_a_graph_of_several_tensors_is_told_what_to_do(inputs):
    tensors = [keras.Input((4,)) for _ in range(inputs)]
    inner = keras.Model(tensors, L.Add()(tensors) if inputs == 2 else [L.Dense(1)(tensors[0]), L.Dense(2)(tensors[0])])
    with pytest.raises(NotReadable, match="takes or returns several tensors"):
        read(keras.Sequential([L.Dense(4), inner]))


class Constant(L.Layer):
    """A layer of the learner's that holds a layer and returns a constant beside its tensor."""

    def __init__(self, **options):
        super().__init__(**options)
        self.dense = L.Dense(3, name="inner")

    def call(self, x):
        return self.dense(x), ops.ones((1, 3))


def test_a_layer_that_cannot_be_opened_is_counted_once():
    x = keras.Input((4,), name="x")
    topology = read(keras.Model(x, Constant(name="comp")(x)))
    assert [call.id for call in topology.calls] == ["x", "comp"]
    assert topology.scopes == ()
    assert topology.parameters == 15


def test_private_keras_that_tracing_rests_on():
    """If one of these moves, a new Keras moved it: mend `models/call_arguments.py` and nothing else."""
    model, left = Siamese(), keras.Input((4,))
    on_data = Text()
    on_data(ones(5, dtype="int32"))
    assert on_data._inbound_nodes == []
    assert on_data.get_build_config() == {"input_shape": (2, 5)}
    assert on_data._flatten_layers(include_self=False) == [on_data.words, on_data.pool, on_data.head]
    model(left, right=left)
    given = model._inbound_nodes[-1].arguments
    assert (given.args, given.kwargs["right"]) == ((left,), left)
