"""What a refused step says, and that every way on it offers is one that Keras takes."""

import pytest

from kerastutor.building.builder import Builder
from kerastutor.building.draft import Impossible
from kerastutor.building.edits import Configure

# name: (layers before the step: kind, what it takes, parameters), the step, what is said, what is offered
REFUSED = {
    "channels": (
        [("Conv2D", "picture", {"filters": 4, "kernel_size": 3, "padding": "same"})],
        ("Add", ["conv2d", "picture"], {}),
        "they differ in channels",
        [
            "Put a 1x1 convolution of 4 filters on picture first",
            "Put a 1x1 convolution of 3 filters on conv2d first",
            "Concatenate them instead",
        ],
    ),
    "widths": (
        [("Dense", "vector", {"units": 5})],
        ("Add", ["dense", "vector"], {}),
        "they differ in features",
        [
            "Put a Dense of 5 units on vector first",
            "Put a Dense of 7 units on dense first",
            "Concatenate them instead",
        ],
    ),
    "size and channels": (
        [
            ("Conv2D", "picture", {"filters": 4, "kernel_size": 5}),
            ("Conv2D", "conv2d", {"filters": 4, "kernel_size": 3}),
        ],
        ("Add", ["conv2d_1", "picture"], {}),
        "they differ in height and width and channels",
        [
            "Let conv2d and conv2d_1 keep height and width (padding='same'), "
            "and put a 1x1 convolution of 4 filters on picture",
        ],
    ),
    "half the size": (
        [("Conv2D", "picture", {"filters": 3, "kernel_size": 1}), ("MaxPooling2D", "conv2d", {"pool_size": 2})],
        ("Add", ["max_pooling2d", "picture"], {}),
        "they differ in height and width",
        ["Put a pooling by 2 on picture first"],
    ),
    "picture and vector": (
        [],
        ("Concatenate", ["picture", "vector"], {}),
        "one has 4 axes and the other 2",
        ["Put a Flatten on picture first"],
    ),
    "wrong axis": (
        [],
        ("Concatenate", ["long", "short"], {}),
        "they differ in steps",
        ["Join along axis 1", "Put a Flatten on long and short first"],
    ),
    "axes too many": (
        [],
        ("Conv1D", ["picture"], {"filters": 2, "kernel_size": 3}),
        "1 axis too many",
        ["Use Conv2D instead", "Put a Reshape to 8×24 on picture first"],
    ),
    "axes too few": (
        [],
        ("Conv2D", ["long"], {"filters": 2, "kernel_size": 2}),
        "1 axis too few",
        ["Use Conv1D instead", "Put a Reshape to 6×5×1 on long first"],
    ),
    "picture as a sequence": (
        [],
        ("LSTM", ["picture"], {"units": 2}),
        "1 axis too many",
        ["Put a Reshape to 8×24 on picture first"],
    ),
    "a vector has no picture in it": (
        [],
        ("Conv2D", ["vector"], {"filters": 4, "kernel_size": 3, "activation": "relu"}),
        "2 axes too few",
        ["Use a Dense of 4 units instead"],
    ),
    "a window too large": (
        [],
        ("MaxPooling2D", ["picture"], {"pool_size": 12}),
        "larger than what is left",
        ["Let it reach over the edge (padding='same')", "Make the window smaller (pool_size=8)"],
    ),
    "two tensors where one is taken": (
        [("Dense", "vector", {"units": 5})],
        ("Dense", ["dense", "vector"], {"units": 2}),
        "takes one tensor, and 2 are chosen",
        ["Concatenate them first"],
    ),
    "two tensors of one shape": (
        [("Dense", "vector", {"units": 7})],
        ("Dense", ["dense", "vector"], {"units": 2}),
        "takes one tensor, and 2 are chosen",
        ["Concatenate them first", "Add them first"],
    ),
    "sequence after sequence": (
        [("LSTM", "long", {"units": 4})],
        ("LSTM", ["lstm"], {"units": 2}),
        "returns its last step alone",
        ["Let lstm return its whole sequence (return_sequences=True)"],
    ),
}


def started(layers):
    builder = Builder()
    tensors = {"picture": builder.input("picture", 8, 8, 3), "vector": builder.input("vector", 7)}
    tensors |= {"long": builder.input("long", 6, 5), "short": builder.input("short", 4, 5)}
    for kind, takes, config in layers:
        tensor = builder.add(kind, tensors[takes], **config)
        tensors[tensor.call] = tensor
    return builder, tensors


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_step_says_why_and_offers_what_keras_takes(case):
    layers, (kind, takes, config), said, offered = REFUSED[case]
    builder, tensors = started(layers)
    with pytest.raises(Impossible, match=said) as refused:
        builder.add(kind, *(tensors[name] for name in takes), **config)
    ways = refused.value.alternatives
    assert [way.label for way in ways] == offered
    position = builder.log.position
    for way in ways:
        builder.take(*way.edits)
        assert builder.log.position > position
        builder.go_to(position)


def test_a_shared_layer_that_does_not_fit_may_be_one_of_its_own():
    builder, tensors = started([("Dense", "vector", {"units": 4})])
    builder.add("Dense", tensors["vector"], units=2, name="other")
    with pytest.raises(Impossible) as refused:
        builder.call("dense", builder.add("Dense", tensors["vector"], units=3, name="narrow"))
    builder.take(*refused.value.alternatives[0].edits)
    assert builder.topology.calls_of["dense"] == ("dense",)


def test_a_change_that_breaks_what_follows_names_both():
    builder, tensors = started([("Dense", "vector", {"units": 7})])
    builder.add("Add", tensors["dense"], tensors["vector"])
    with pytest.raises(Impossible, match=r"not possible to change the parameters of dense: Add cannot merge"):
        builder.take(Configure("dense", {"units": 6}))
