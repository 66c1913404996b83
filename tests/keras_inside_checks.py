"""Each function of `models/keras_inside.py` on real Keras objects: what comes back is what its docstring says.

`python -m keras_inside_checks` says, as JSON, which Keras this is and which functions its parts have moved from under;
so it runs with any Keras, also where there is no pytest.
"""

import json
import os
import sys
import threading
import traceback
from collections.abc import Iterator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from kerastutor.models import keras_inside as inside


class NotSo(Exception):
    """A function of keras_inside does not give what it says."""


def same(found: object, expected: object) -> None:
    """Stands for `assert`, which says nothing where pytest does not rewrite it."""
    if found != expected:
        raise NotSo(f"it gave {found!r}, not {expected!r}")


def shared() -> tuple[keras.Layer, keras.KerasTensor, keras.KerasTensor, keras.KerasTensor]:
    """A layer that is called twice, one call on what the other returned; and the three tensors."""
    dense = keras.layers.Dense(4)
    image = keras.Input((4,))
    once = dense(image)
    return dense, image, once, dense(once)


def compiled() -> keras.Model:
    """A stack of one layer that knows no input, compiled."""
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
    return model


def maker() -> None:
    dense, image, once, twice = shared()
    same([inside.maker(once), inside.maker(twice)], [dense, dense])
    same(type(inside.maker(image)).__name__, "InputLayer")
    same(type(inside.maker(image + once)).__name__, "Add")
    same([inside.maker(np.zeros(3)), inside.maker(keras.KerasTensor((2,)))], [None, None])


def node_behind() -> None:
    dense, image, once, twice = shared()
    node = inside.node_behind(twice)
    same(node.operation, dense)
    same([id(tensor) for tensor in node.input_tensors], [id(once)])
    same([id(tensor) for tensor in node.outputs], [id(twice)])
    same([id(given) for given in node.arguments.args], [id(once)])
    same(node.arguments.kwargs, {})
    same(list(inside.node_behind(image).input_tensors), [])
    same(inside.node_behind(keras.KerasTensor((2,))), None)


def calls_of() -> None:
    dense, image, once, twice = shared()
    same([id(node.outputs[0]) for node in inside.calls_of(dense)], [id(once), id(twice)])
    same(list(inside.calls_of(keras.layers.Dense(1))), [])
    given = keras.layers.MultiHeadAttention(1, 2)
    given(image[:, None], value=image[:, None], training=True)
    (call,) = inside.calls_of(given)
    same([len(call.input_tensors), sorted(call.arguments.kwargs)], [2, ["training", "value"]])


def calls_fed_by() -> None:
    dense, image, once, twice = shared()
    same([id(node) for node in inside.calls_fed_by(inside.maker(image))], [id(inside.node_behind(once))])
    same([id(node) for node in inside.calls_fed_by(dense)], [id(inside.node_behind(twice))])


def forget() -> None:
    dense, image, once, twice = shared()
    inside.forget(inside.node_behind(twice))
    same([id(node) for node in inside.calls_of(dense)], [id(inside.node_behind(once))])
    same(list(inside.calls_fed_by(dense)), [])
    merge = keras.layers.Add()
    inside.forget(inside.node_behind(merge([image, image])))
    same([len(inside.calls_of(merge)), len(inside.calls_fed_by(inside.maker(image)))], [0, 1])


def is_conversion() -> None:
    _, image, once, _ = shared()
    converted = inside.maker(keras.ops.convert_to_tensor(image, "float16"))
    same([inside.is_conversion(one) for one in (converted, inside.maker(once))], [True, False])
    same([converted.dtype, inside.maker(keras.ops.convert_to_tensor(image)).dtype], ["float16", None])


def calls_in() -> None:
    dense, image, once, twice = shared()
    dense(twice)  # which no model is made of
    found = {id(node) for node in inside.calls_in(keras.Model(image, twice))}
    same(found, {id(inside.node_behind(tensor)) for tensor in (image, once, twice)})


def graph_of_stack() -> None:
    same(inside.graph_of_stack(keras.Sequential([keras.layers.ReLU()])), None)
    stack = keras.Sequential([keras.Input((4,)), keras.layers.ReLU()])
    graph = inside.graph_of_stack(stack)
    same([isinstance(graph, keras.Function), isinstance(stack, keras.Function)], [True, False])
    same(inside.maker(graph.outputs[0]), stack.layers[0])
    same([id(graph.input), id(graph.output)], [id(graph.inputs[0]), id(graph.outputs[0])])


def layers_held() -> None:
    stack = keras.Sequential([keras.Input((4,)), keras.layers.ReLU()])
    same([type(layer).__name__ for layer in inside.layers_held(stack)], ["InputLayer", "ReLU"])
    same(list(inside.layers_held(keras.Sequential([stack]))), [stack])
    same([len(inside.layers_held(one)) for one in (keras.layers.Dense(1), object())], [0, 0])


def layers_within() -> None:
    inner = keras.Sequential([keras.layers.ReLU(), keras.layers.Dense(2)])
    found = inside.layers_within(keras.Sequential([inner]))
    same({id(layer) for layer in found}, {id(layer) for layer in (inner, *inner.layers)})


def was_called() -> None:
    called, never = keras.layers.ReLU(), keras.layers.ReLU()
    called(np.zeros((1, 2), "float32"))
    same([inside.was_called(called), inside.was_called(never)], [True, False])


def input_shape_given() -> None:
    import warnings

    with warnings.catch_warnings(action="ignore"):  # Keras warns of it, and the tutor says why
        told = keras.layers.Dense(2, input_shape=(4,))
    same([inside.input_shape_given(told), inside.input_shape_given(keras.layers.Dense(2))], [(4,), None])


def value_held() -> None:
    seen = []

    class Looks(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(inside.value_held(model.weights[0]) is None)  # asking for `self.model` puts it back

    model = compiled()
    model.fit(np.zeros((4, 3)), np.zeros(4), verbose=0, callbacks=[Looks()])
    same(seen, [keras.config.backend() == "jax"])
    same(tuple(inside.value_held(model.weights[0]).shape), (3, 1))
    same(inside.value_held(object()), None)


def loss_so_far() -> None:
    model = compiled()
    same(float(inside.loss_so_far(model).count), 0.0)
    model.fit(np.zeros((6, 3)), np.zeros(6), verbose=0, batch_size=4)
    same(float(inside.loss_so_far(model).count), 6.0)
    same(inside.loss_so_far(keras.Sequential()), None)


def make_state() -> None:
    model = compiled()
    inside.make_state(model, (keras.KerasTensor((8, 3)), keras.KerasTensor((8, 1))))
    same([model.built, model.optimizer.built, len(model.metrics_variables)], [True, True, 4])
    same([metric.name for metric in model.metrics], ["loss", "compile_metrics"])


def laid_out() -> None:
    x, y = np.zeros((8, 3), "float64"), np.array([0, 1] * 4)
    plain = inside.laid_out((x, y, None), batch_size=4)
    same([(array.shape, str(array.dtype)) for array in plain], [((8, 3), "float64"), ((8,), "int64")])
    *_, weights = inside.laid_out((x, y, None), 4, {0: 1.0, 1: 3.0})
    same(np.asarray(weights).tolist(), [1.0, 3.0] * 4)
    try:
        inside.laid_out((x, y[:3], None), batch_size=4)
    except ValueError:
        return
    raise NotSo("it took 8 samples and 3 labels")


def cut_off() -> None:
    first, last = inside.cut_off((np.arange(8), None), 0.25)
    same([first[0].tolist(), last[0].tolist(), first[1]], [[0, 1, 2, 3, 4, 5], [6, 7], None])


def thread_settings() -> None:
    keras.utils.set_random_seed(1)
    keras.random.normal((1,))
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        found = inside.thread_settings()
    finally:
        keras.config.set_dtype_policy(before)
    same(found["dtype_policy"].name, "mixed_bfloat16")
    same(type(found["global_seed_generator"]), keras.random.SeedGenerator)


def choose_for_thread() -> None:
    seen = []

    def work(settings: dict) -> None:
        inside.choose_for_thread(settings)
        seen.append(keras.config.dtype_policy().name)

    for policy in ("bfloat16", "float64"):
        thread = threading.Thread(target=work, args=({"dtype_policy": keras.DTypePolicy(policy)},))
        thread.start()
        thread.join()
    same([*seen, keras.config.dtype_policy().name], ["bfloat16", "float64", "float32"])


def names_used() -> None:
    name = keras.layers.Dense(1).name
    before = inside.names_used()
    keras.layers.Dense(1)
    same([before["dense"] > 0, inside.names_used()["dense"] - before["dense"]], [True, 1])
    same(name.startswith("dense"), True)


def restore_names() -> None:
    used = inside.names_used()
    first = keras.layers.Dense(1).name
    inside.restore_names(used)
    same([keras.layers.Dense(1).name, inside.names_used() == used], [first, False])


def knows_the_losses_that_take_logits() -> None:
    """Not private, but not documented either: `coaching` asks a loss for it."""
    for loss in (keras.losses.BinaryCrossentropy, keras.losses.SparseCategoricalCrossentropy):
        same([loss(from_logits=True).from_logits, loss().from_logits], [True, False])


CHECKS = (
    maker,
    node_behind,
    calls_of,
    calls_fed_by,
    forget,
    is_conversion,
    calls_in,
    graph_of_stack,
    layers_held,
    layers_within,
    was_called,
    input_shape_given,
    value_held,
    loss_so_far,
    make_state,
    laid_out,
    cut_off,
    thread_settings,
    choose_for_thread,
    names_used,
    restore_names,
    knows_the_losses_that_take_logits,
)
"""One for each function of keras_inside, under its name."""


def moved() -> Iterator[str]:
    """A sentence for each function that this Keras has moved something from under."""
    for check in CHECKS:
        try:
            check()
        except Exception as problem:
            said = "".join(traceback.format_exception_only(problem)).strip().removeprefix(f"{__name__}.")
            yield f"Keras {keras.__version__} has moved what keras_inside.{check.__name__} looks at: {said}"


if __name__ == "__main__":
    json.dump({"keras": keras.__version__, "moved": list(moved())}, sys.stdout)
