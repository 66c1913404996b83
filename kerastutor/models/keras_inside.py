"""What Keras keeps to itself and kerastutor needs: each private part behind one function, and nowhere else.

Keras may rename these parts in any release. So each function says in which versions its part was seen, a test runs
them all on the oldest and the newest Keras there is, and a newer one than `NEWEST` is remarked on when it is loaded.
Nothing private is imported ahead: what moved breaks the function that needs it, not the whole tutor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import keras
from packaging.version import Version

NEWEST = "3.15"
"""The newest Keras that everything here was seen in."""


class KerasNode(Protocol):
    """One call of a layer or operation on symbolic tensors, as Keras remembers it. Seen in Keras 3.12 to 3.15.

    Attributes:
        operation: the layer or operation that was called.
        arguments: what it was given; `args` and `kwargs` as they were written.
        input_tensors: the symbolic tensors among the arguments, in order.
        outputs: the symbolic tensors that it returned, in order.
    """

    operation: Any
    arguments: Any
    input_tensors: list[Any]
    outputs: list[Any]


def remark_on(version: str) -> str:
    """What may not work with this version of Keras, in a sentence; nothing where kerastutor was tried with it.

    >>> print(remark_on("4.0.0rc1"))
    Keras 4.0.0rc1 is newer than kerastutor knows (3.15): reading a model, explaining a mistake or training may fail.
    >>> remark_on("3.15.1"), remark_on("3.12.0")
    ('', '')
    """
    if _release(version) <= _release(NEWEST):
        return ""
    return (
        f"Keras {version} is newer than kerastutor knows ({NEWEST}): "
        "reading a model, explaining a mistake or training may fail."
    )


def _release(version: str) -> tuple[int, ...]:
    """The first two numbers of a version: Keras moves its parts from one of these to the next."""
    return Version(version).release[:2]


def maker(tensor: Any) -> Any:
    """The layer or operation that returned a symbolic tensor; None where none did, and for what is no such tensor.

    Seen in Keras 3.12 to 3.15.

    >>> maker(keras.Input((4,), name="image")).name
    'image'
    """
    history = getattr(tensor, "_keras_history", None)
    return None if history is None else history.operation


def node_behind(tensor: Any) -> KerasNode | None:
    """The call that returned a symbolic tensor; None where none did, and for what is no such tensor.

    Seen in Keras 3.12 to 3.15.

    >>> node_behind(keras.layers.Dense(2)(keras.Input((4,)))).operation.units
    2
    """
    operation, index, _ = getattr(tensor, "_keras_history", (None, 0, 0))
    return None if operation is None else operation._inbound_nodes[index]


def calls_of(operation: Any) -> Sequence[KerasNode]:
    """The calls of a layer or operation on symbolic tensors, in order. Seen in Keras 3.12 to 3.15.

    >>> dense = keras.layers.Dense(4)
    >>> _ = dense(dense(keras.Input((4,))))
    >>> len(calls_of(dense))
    2
    """
    return operation._inbound_nodes


def calls_fed_by(operation: Any) -> Sequence[KerasNode]:
    """The calls, in order, that were given what a layer or operation returned; one for each tensor they were given.

    Seen in Keras 3.12 to 3.15.

    >>> image = keras.Input((4,))
    >>> _ = keras.layers.Add(name="twice")([image, image])
    >>> [node.operation.name for node in calls_fed_by(maker(image))]
    ['twice', 'twice']
    """
    return operation._outbound_nodes


def forget(node: KerasNode) -> None:
    """Let Keras forget a call: neither the layer nor those that made what it was given know of it any more.

    Seen in Keras 3.12 to 3.15.

    >>> dense = keras.layers.Dense(4)
    >>> forget(node_behind(dense(keras.Input((4,)))))
    >>> len(calls_of(dense))
    0
    """
    makers = [one for one in map(maker, node.input_tensors) if one is not None]
    for known in (node.operation._inbound_nodes, *(one._outbound_nodes for one in makers)):
        for position in range(len(known) - 1, -1, -1):
            if known[position] is node:
                del known[position]


def is_conversion(operation: Any) -> bool:
    """Whether an operation turns what it is given into a tensor, as a model does first. Seen in Keras 3.12 to 3.15.

    >>> is_conversion(maker(keras.ops.convert_to_tensor(keras.Input((4,))))), is_conversion(keras.layers.Flatten())
    (True, False)
    """
    return type(operation).__name__ == "ConvertToTensor" and type(operation).__module__.startswith("keras.")


def calls_in(graph: keras.Function) -> list[KerasNode]:
    """The calls that a functional model is made of, its inputs too, in no order that means anything.

    Seen in Keras 3.12 to 3.15.

    >>> image = keras.Input((4,), name="image")
    >>> sorted(node.operation.name for node in calls_in(keras.Model(image, keras.layers.ReLU(name="relu")(image))))
    ['image', 'relu']
    """
    return [node for nodes in graph._nodes_by_depth.values() for node in nodes]


def graph_of_stack(stack: keras.Sequential) -> keras.Function | None:
    """The functional model by which a Sequential computes; None while it does not know its input.

    Seen in Keras 3.12 to 3.15.

    >>> stack = keras.Sequential([keras.layers.Dense(2)])
    >>> graph_of_stack(stack) is None, graph_of_stack(keras.Sequential([keras.Input((4,)), *stack.layers])).inputs
    (True, [<KerasTensor shape=(None, 4), dtype=float32, ...>])
    """
    return stack._functional


def layers_held(layer: Any) -> Sequence[keras.Layer]:
    """The layers that a layer or model itself holds, in order; of a Sequential its input layer too.

    There are none in one that is not yet made: who writes a class may forget `super().__init__()`.

    Seen in Keras 3.12 to 3.15.

    >>> [type(inner).__name__ for inner in layers_held(keras.Sequential([keras.Input((4,)), keras.layers.ReLU()]))]
    ['InputLayer', 'ReLU']
    """
    return getattr(layer, "_layers", None) or ()


def layers_within(layer: keras.Layer) -> list[keras.Layer]:
    """Every layer in a layer or model, at any depth, each once. Seen in Keras 3.12 to 3.15.

    >>> [inner.name for inner in layers_within(keras.layers.TimeDistributed(keras.layers.Flatten(name="flat")))]
    ['flat']
    """
    return layer._flatten_layers(include_self=False)


def was_called(layer: keras.Layer) -> bool:
    """Whether a layer was ever called, on data too; one without `super().__init__()` counts as it says it is built.

    A layer without weights counts as built from the start, so `layer.built` tells nothing. Seen in Keras 3.12 to 3.15.

    >>> was_called(keras.layers.ReLU())
    False
    """
    return getattr(layer, "_called", layer.built)


def input_shape_given(layer: Any) -> tuple[int | None, ...] | None:
    """The shape that a layer was told of its input when it was made, without the batch; None where it was told none.

    Seen in Keras 3.12 to 3.15.

    >>> input_shape_given(keras.layers.Dense(2)) is None
    True
    """
    return getattr(layer, "_input_shape_arg", None)


def value_held(variable: keras.Variable) -> Any:
    """The value in a variable; None where a training on JAX has taken it out. Seen in Keras 3.12 to 3.15.

    Asked for publicly, a variable without a value makes up a new one.

    >>> value_held(keras.Variable([1.0, 2.0])).shape == (2,)
    True
    """
    return getattr(variable, "_value", None)


def loss_so_far(model: Any) -> keras.metrics.Mean | None:
    """The mean of the loss over this epoch, with its count of samples; None for a model that is not compiled.

    Seen in Keras 3.12 to 3.15.

    >>> model = keras.Sequential([keras.layers.Dense(1)])
    >>> model.compile(loss="mse")
    >>> loss_so_far(model).name
    'loss'
    """
    return getattr(model, "_loss_tracker", None)


def make_state(model: keras.Model, batch: Any) -> None:
    """Make the variables of a compiled model, its metrics, losses and optimizer, as the first step of `fit` does.

    Args:
        batch: `(x, y)` or `(x, y, weights)`, with a `keras.KerasTensor` in the place of each array.

    Seen in Keras 3.12 to 3.15.

    >>> model = keras.Sequential([keras.layers.Dense(1)])
    >>> model.compile(loss="mse")
    >>> make_state(model, (keras.KerasTensor((8, 3)), keras.KerasTensor((8, 1))))
    >>> model.built, model.optimizer.built
    (True, True)
    """
    model._symbolic_build(data_batch=batch)


def laid_out(data: tuple[Any, Any, Any], batch_size: int, class_weight: Mapping[int, float] | None = None) -> Any:
    """What `fit` makes of the arrays it is given, `(x, y, weights)` with None for what is missing.

    Returns:
        `(x,)`, `(x, y)` or `(x, y, weights)`; weights of classes have become those of samples.

    Raises:
        ValueError: the arrays do not fit together, in Keras' own words.

    Seen in Keras 3.12 to 3.15.

    >>> import numpy as np
    >>> [array.shape for array in laid_out((np.zeros((8, 3)), np.zeros(8), None), batch_size=4)]
    [(8, 3), (8,)]
    """
    from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter

    x, y, weights = data
    return ArrayDataAdapter(
        x, y, sample_weight=weights, batch_size=batch_size, shuffle=False, class_weight=class_weight
    )._inputs


def cut_off(arrays: Any, share: float) -> tuple[Any, Any]:
    """Arrays without the last `share` of their samples, and those: what `fit(validation_split=share)` does.

    Seen in Keras 3.12 to 3.15.

    >>> import numpy as np
    >>> [len(part[0]) for part in cut_off((np.zeros((8, 3)), np.zeros(8)), 0.25)]
    [6, 2]
    """
    from keras.src.trainers.data_adapters.array_slicing import train_validation_split

    return train_validation_split(arrays, validation_split=share)


_SETTINGS = (
    "custom_objects_scope_dict",
    "distribution",
    "dtype_policy",
    "flash_attention",
    "global_seed_generator",
    "torch_device",
)
"""What Keras stores for each thread that somebody chose; its bookkeeping (names, scopes in force) is not among them."""


def thread_settings() -> dict[str, Any]:
    """What was chosen for this thread: the float types, the seeds, own classes, where to compute.

    Seen in Keras 3.12 to 3.15.

    >>> _ = keras.random.normal((1,))
    >>> "global_seed_generator" in thread_settings()
    True
    """
    from keras.src.backend.common import global_state

    values = {name: global_state.get_global_attribute(name) for name in _SETTINGS}
    return {name: value for name, value in values.items() if value is not None}


def choose_for_thread(settings: Mapping[str, Any]) -> None:
    """Let this thread compute with the `thread_settings` of another one. Seen in Keras 3.12 to 3.15."""
    from keras.src.backend.common import global_state

    for name, value in settings.items():
        global_state.set_global_attribute(name, value)


def names_used() -> dict[str, int]:
    """How many of the names that Keras gives by itself this thread has used up, by their beginning.

    Seen in Keras 3.12 to 3.15.

    >>> name = keras.layers.Dense(1).name
    >>> names_used()["dense"] > 0
    True
    """
    from keras.src.backend.common import global_state

    return dict(global_state.get_global_attribute("object_name_uids") or {})


def restore_names(used: Mapping[str, int]) -> None:
    """Let Keras give names from where it was when `names_used` was asked. Seen in Keras 3.12 to 3.15.

    >>> used, first = names_used(), keras.layers.Dense(1).name
    >>> restore_names(used)
    >>> keras.layers.Dense(1).name == first
    True
    """
    from keras.src.backend.common import global_state

    counters = global_state.get_global_attribute("object_name_uids")
    if counters is not None:
        counters.clear()
        counters.update(used)
