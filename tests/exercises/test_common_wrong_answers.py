"""The most common wrong answers to every exercise of the lessons, and the first sentence a learner reads to each.

Read the sentences as a learner would: each names a place in the learner's own network, and none gives the answer away.
"""

from __future__ import annotations

import textwrap

import keras
import pytest

from kerastutor.exercises import Exercise, Outcome, Progress, Surroundings
from kerastutor.exercises.catalog import catalog, find
from kerastutor.models.leftovers import with_leftovers
from kerastutor.networks import read

WRONG = [
    (
        "00-first-model",
        "There is no activation between `dense` and `dense_1`.",
        """
        model = keras.Sequential([
            keras.Input((64,)),
            layers.Dense(32),
            layers.Dense(10, activation="softmax"),
        ])
        """,
    ),
    (
        "00-first-model",
        "The width of `dense` is not what the task asks for.",
        """
        model = keras.Sequential([
            keras.Input((64,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ])
        """,
    ),
    (
        "01-stack",
        "The shape of `input_layer` is not that of the data.",
        """
        model = keras.Sequential([
            keras.Input((28, 28)),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ])
        """,
    ),
    (
        "01-stack",
        "The model does not begin with an Input, so nothing says what comes in to `dense`.",
        """
        model = keras.Sequential([
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ])
        """,
    ),
    (
        "01-stack",
        "The width of `dense` is not what the task asks for.",
        """
        model = keras.Sequential([
            keras.Input((784,)),
            layers.Dense(16, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ])
        """,
    ),
    (
        "01-stack",
        "The units of `dense_1` each answer for themselves, though only one class can be right.",
        """
        model = keras.Sequential([
            keras.Input((784,)),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="sigmoid"),
        ])
        """,
    ),
    (
        "01-two-branches",
        "`dense_1` takes what `dense` returns. As a branch of its own it begins further back.",
        """
        image = keras.Input((784,))
        first = layers.Dense(32, activation="relu")(image)
        second = layers.Dense(32, activation="tanh")(first)
        model = keras.Model(image, layers.Dense(10, activation="softmax")(layers.Concatenate()([first, second])))
        """,
    ),
    (
        "01-two-branches",
        "`add` sums what comes from `dense` and `dense_1`; both are meant to be kept.",
        """
        image = keras.Input((784,))
        first = layers.Dense(32, activation="relu")(image)
        second = layers.Dense(32, activation="tanh")(image)
        model = keras.Model(image, layers.Dense(10, activation="softmax")(layers.Add()([first, second])))
        """,
    ),
    (
        "02-functional",
        "Something is missing at the arrow from `dense` to `dense_1`.",
        """
        image = keras.Input((784,))
        x = layers.Dense(64, activation="relu")(image)
        dropped = layers.Dropout(0.2)(x)
        model = keras.Model(image, layers.Dense(10, activation="softmax")(x))
        """,
    ),
    (
        "02-wrong-arrow",
        "Something is missing at the arrow from `first` to `digit`.",
        """
        image = keras.Input((784,), name="image")
        first = layers.Dense(64, activation="relu", name="first")(image)
        second = layers.Dense(32, activation="relu", name="second")(first)
        model = keras.Model(image, layers.Dense(10, activation="softmax", name="digit")(first))
        """,
    ),
    (
        "03-recurrent-chain",
        "`lstm` returns one step, and `dense` is to see all of them.",
        """
        model = keras.Sequential([
            keras.Input((None,), dtype="int32"),
            layers.Embedding(10_000, 32),
            layers.LSTM(32),
            layers.Dense(16),
            layers.Dense(2, activation="softmax"),
        ])
        """,
    ),
    (
        "03-recurrent-chain",
        "`lstm_1` returns every step, and `dense` is to see only the last.",
        """
        model = keras.Sequential([
            keras.Input((None,), dtype="int32"),
            layers.Embedding(10_000, 32),
            layers.LSTM(32, return_sequences=True),
            layers.LSTM(16, return_sequences=True),
            layers.Dense(2, activation="softmax"),
        ])
        """,
    ),
    (
        "03-text-and-numbers",
        "The tensors from `dense` and `gru` go into `concatenate` in another order than the task asks for.",
        """
        text, meta = keras.Input((None,), dtype="int32", name="text_input"), keras.Input((5,), name="meta_input")
        read = layers.GRU(32)(layers.Embedding(10_000, 64)(text))
        weighed = layers.Dense(16, activation="relu")(meta)
        model = keras.Model([text, meta], layers.Dense(4, activation="softmax")(layers.concatenate([weighed, read])))
        """,
    ),
    (
        "03-text-and-numbers",
        "`meta_input` and `text_input` stand in each other's place among the inputs.",
        """
        text, meta = keras.Input((None,), dtype="int32", name="text_input"), keras.Input((5,), name="meta_input")
        read = layers.GRU(32)(layers.Embedding(10_000, 64)(text))
        weighed = layers.Dense(16, activation="relu")(meta)
        model = keras.Model([meta, text], layers.Dense(4, activation="softmax")(layers.concatenate([read, weighed])))
        """,
    ),
    (
        "03-image-and-numbers",
        "`flatten` keeps every place, where one number per channel was meant.",
        """
        image, numbers = keras.Input((28, 28, 1)), keras.Input((3,))
        seen = layers.Flatten()(layers.Conv2D(16, 3, activation="relu")(image))
        weighed = layers.Dense(16, activation="relu")(numbers)
        both = layers.concatenate([seen, weighed])
        model = keras.Model([image, numbers], layers.Dense(1, activation="sigmoid")(both))
        """,
    ),
    (
        "04-two-answers",
        "`dense_2` takes what `dense_1` returns; it is meant to look at another depth.",
        """
        image = keras.Input((784,))
        seen = layers.Dense(64, activation="relu")(image)
        digit = layers.Dense(10, activation="softmax")(seen)
        even = layers.Dense(1, activation="sigmoid")(digit)
        model = keras.Model(image, [digit, even])
        """,
    ),
    (
        "04-two-answers",
        "`dense_2` and `dense_1` stand in each other's place among the outputs.",
        """
        image = keras.Input((784,))
        seen = layers.Dense(64, activation="relu")(image)
        digit = layers.Dense(10, activation="softmax")(seen)
        even = layers.Dense(1, activation="sigmoid")(seen)
        model = keras.Model(image, [even, digit])
        """,
    ),
    (
        "04-two-answers",
        "Besides `dense_1`, one more tensor is to be returned, from near `dense`.",
        """
        image = keras.Input((784,))
        seen = layers.Dense(64, activation="relu")(image)
        model = keras.Model(image, layers.Dense(10, activation="softmax")(seen))
        """,
    ),
    (
        "04-auxiliary",
        "`dense_3` takes what `dense_1` returns; it is meant to look at another depth.",
        """
        image = keras.Input((784,))
        first = layers.Dense(64, activation="relu")(image)
        second = layers.Dense(64, activation="relu")(first)
        digit = layers.Dense(10, activation="softmax")(second)
        early = layers.Dense(10, activation="softmax")(second)
        model = keras.Model(image, [digit, early])
        """,
    ),
    (
        "05-siamese",
        "`dense` and `dense_1` have weights of their own. They are meant to have the same.",
        """
        left, right = keras.Input((784,)), keras.Input((784,))
        a = layers.Dense(64, activation="relu")(left)
        b = layers.Dense(64, activation="relu")(right)
        model = keras.Model([left, right], layers.Dense(1, activation="sigmoid")(layers.Subtract()([a, b])))
        """,
    ),
    (
        "05-twins",
        "One layer makes both the first call of `encoder` and the second call of `encoder`; "
        "each is meant to have a layer of its own.",
        """
        photograph, drawing = keras.Input((784,)), keras.Input((784,))
        encoder = layers.Dense(64, activation="relu", name="encoder")
        both = layers.Concatenate()([encoder(photograph), encoder(drawing)])
        model = keras.Model([photograph, drawing], layers.Dense(1, activation="sigmoid")(both))
        """,
    ),
    (
        "06-residual-block",
        "The activation stands on the wrong side of `add`.",
        """
        image = keras.Input((16, 16, 32))
        x = layers.Conv2D(32, 3, padding="same", activation="relu")(image)
        x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
        model = keras.Model(image, layers.Add()([x, image]))
        """,
    ),
    (
        "06-residual-block",
        "The shortcut into `add` comes from `conv2d`; that is not where it begins.",
        """
        image = keras.Input((16, 16, 32))
        first = layers.Conv2D(32, 3, padding="same", activation="relu")(image)
        second = layers.Conv2D(32, 3, padding="same")(first)
        model = keras.Model(image, layers.Activation("relu")(layers.Add()([second, first])))
        """,
    ),
    (
        "06-projection",
        "`conv2d_2` takes what `conv2d` returns. As a branch of its own it begins further back.",
        """
        image = keras.Input((32, 32, 3))
        first = layers.Conv2D(16, 3, padding="same", activation="relu")(image)
        second = layers.Conv2D(16, 3, padding="same")(first)
        shortcut = layers.Conv2D(16, 1)(first)
        model = keras.Model(image, layers.Activation("relu")(layers.Add()([second, shortcut])))
        """,
    ),
    (
        "06-projection",
        "The window of `conv2d_2` has another size than the task asks for.",
        """
        image = keras.Input((32, 32, 3))
        first = layers.Conv2D(16, 3, padding="same", activation="relu")(image)
        second = layers.Conv2D(16, 3, padding="same")(first)
        shortcut = layers.Conv2D(16, 3, padding="same")(image)
        model = keras.Model(image, layers.Activation("relu")(layers.Add()([second, shortcut])))
        """,
    ),
    (
        "07-autoencoder",
        "The activation of `dense_1` is not the one the task names.",
        """
        encoder = keras.Sequential([keras.Input((784,)), layers.Dense(32, activation="relu")], name="encoder")
        decoder = keras.Sequential([keras.Input((32,)), layers.Dense(784, activation="relu")], name="decoder")
        image = keras.Input((784,))
        model = keras.Model(image, decoder(encoder(image)))
        """,
    ),
    (
        "07-shared-stack",
        "`dense` and `dense_2` stand in two copies of one block.",
        """
        def encoder(name):
            wide, narrow = layers.Dense(64, activation="relu"), layers.Dense(16, activation="relu")
            return keras.Sequential([keras.Input((784,)), wide, narrow], name=name)
        left, right = keras.Input((784,)), keras.Input((784,))
        both = layers.Concatenate()([encoder("one")(left), encoder("two")(right)])
        model = keras.Model([left, right], layers.Dense(1, activation="sigmoid")(both))
        """,
    ),
    (
        "08-class-to-graph",
        "A shortcut is missing: what comes from further back also has to arrive behind `second`.",
        """
        image = keras.Input((784,))
        seen = layers.Dense(32, activation="relu", name="first")(image)
        more = layers.Dense(32, activation="tanh", name="second")(seen)
        model = keras.Model(image, layers.Dense(10, activation="softmax", name="digit")(more))
        """,
    ),
    (
        "08-loop-to-graph",
        "`think` and `think_again` have weights of their own. They are meant to have the same.",
        """
        image = keras.Input((784,))
        thought = layers.Dense(16, activation="relu")(image)
        thought = layers.Dense(16, activation="relu", name="think")(thought)
        thought = layers.Dense(16, activation="relu", name="think_again")(thought)
        model = keras.Model(image, layers.Dense(10, activation="softmax")(thought))
        """,
    ),
    (
        "09-shortest-form",
        "`flatten` keeps every place, where one number per channel was meant.",
        """
        model = keras.Sequential([
            keras.Input((100, 1)),
            layers.Conv1D(8, 5, activation="relu"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ])
        """,
    ),
    (
        "09-needs-a-graph",
        "A shortcut is missing: what comes from further back also has to arrive behind `dense`.",
        """
        model = keras.Sequential([
            keras.Input((100,)),
            layers.Dense(20, activation="relu"),
            layers.Dense(3, activation="softmax"),
        ])
        """,
    ),
    (
        "09-needs-a-graph",
        "The tensors from `dense` and `input_layer` go into `concatenate` in another order than the task asks for.",
        """
        signal = keras.Input((100,))
        seen = layers.Dense(20, activation="relu")(signal)
        model = keras.Model(signal, layers.Dense(3, activation="softmax")(layers.Concatenate()([seen, signal])))
        """,
    ),
    (
        "10-inception",
        "Something is missing at the arrow from `input_layer` to `conv2d_2`.",
        """
        image = keras.Input((28, 28, 16))
        a = layers.Conv2D(8, 1, padding="same", activation="relu")(image)
        b = layers.Conv2D(16, 3, padding="same", activation="relu")(image)
        c = layers.Conv2D(8, 1, padding="same", activation="relu")(image)
        model = keras.Model(image, layers.Concatenate()([a, b, c]))
        """,
    ),
    (
        "10-unet",
        "A shortcut is missing: what comes from further back also has to arrive behind `up`.",
        """
        image = keras.Input((32, 32, 1))
        fine = layers.Conv2D(8, 3, padding="same", activation="relu", name="fine")(image)
        down = layers.MaxPooling2D(2, name="down")(fine)
        coarse = layers.Conv2D(16, 3, padding="same", activation="relu", name="coarse")(down)
        up = layers.UpSampling2D(2, name="up")(coarse)
        model = keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid", name="mask")(up))
        """,
    ),
    (
        "10-two-towers",
        "`concatenate` brings together what comes from `dense` and `dense_2`, but in another way than is asked for.",
        """
        user, item = keras.Input((16,), name="user"), keras.Input((24,), name="item")
        wishes = layers.Dense(32)(layers.Dense(64, activation="relu")(user))
        offers = layers.Dense(32)(layers.Dense(64, activation="relu")(item))
        model = keras.Model([user, item], layers.Dense(1)(layers.Concatenate()([wishes, offers])))
        """,
    ),
    (
        "10-transformer",
        "The shortcut into `sum` comes from `words`; that is not where it begins.",
        """
        words = keras.Input((20, 32), name="words")
        attended = layers.MultiHeadAttention(2, 16, name="attention")(words, words)
        first = layers.LayerNormalization(name="first")(layers.Add(name="with_words")([words, attended]))
        narrow = layers.Dense(32, name="narrow")(layers.Dense(64, activation="relu", name="wide")(first))
        model = keras.Model(words, layers.LayerNormalization(name="second")(layers.Add(name="sum")([words, narrow])))
        """,
    ),
]


@pytest.mark.parametrize(
    ("id", "sentence", "source"), WRONG, ids=[f"{id}-{place}" for place, (id, _, _) in enumerate(WRONG)]
)
def test_the_first_sentence_helps(id, sentence, source):
    keras.utils.clear_session(free_memory=False)  # the names that Keras gives begin anew
    names = {"keras": keras, "layers": keras.layers}
    exec(textwrap.dedent(source), names)
    result = Exercise(find(id), Progress.in_memory(), Surroundings(read=read)).check(names["model"])
    assert result.outcome is Outcome.NOT_YET
    assert result.message == sentence
    assert 0 < float(result) < 1


def test_of_a_layer_that_was_never_called_it_says_where_it_is_missing():
    keras.utils.clear_session(free_memory=False)
    image = keras.Input((784,))
    seen = keras.layers.Dense(64, activation="relu")(image)
    names = {"drop": keras.layers.Dropout(0.2)}
    model = keras.Model(image, keras.layers.Dense(10, activation="softmax")(seen))
    around = Surroundings(read=read, leftovers=lambda model: with_leftovers(model, names))
    assert Exercise(find("02-functional"), Progress.in_memory(), around).check(model).message == (
        "`dropout` was created, but no tensor goes into it. It is missing at the arrow from `dense` to `dense_1`."
    )


def test_no_exercise_is_left_out():
    assert {id for id, _, _ in WRONG} == set(catalog())
