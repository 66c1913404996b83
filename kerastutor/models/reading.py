"""A live Keras model as a `Topology`: every call, whatever the model was written with.

Sequential and functional models hold their graph, and it is walked. A subclassed model or a composite layer holds only
code; that is run once on symbolic tensors under `recording`, which shows the calls inside and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import keras
from keras import KerasTensor

from kerastutor.models.call_arguments import CalledWith, in_doubt, possibly_given
from kerastutor.models.keras_inside import KerasNode, node_behind
from kerastutor.models.reader import NotReadable as NotReadable
from kerastutor.models.reader import Opens, Reader, graph_of
from kerastutor.models.recording import composite
from kerastutor.models.wrappers import inside
from kerastutor.topology.graph import Topology


def closed(layer: keras.Layer) -> bool:
    """Open nothing: nested models and composite layers stay one call each."""
    return False


def nested(layer: keras.Layer) -> bool:
    """Open nested Sequential and functional models, whose graph files hold too; keep composite layers closed."""
    return isinstance(layer, (keras.Sequential, keras.Function))


def everything(layer: keras.Layer) -> bool:
    """Open wrappers too: the layer inside TimeDistributed, the two directions of Bidirectional and their merge.

    For looking inside only. What a wrapper does besides, such as going through time step by step, is not drawn, so
    a topology read like this does not stand for the same function.
    """
    return composite(layer) or inside(layer) is not None


def read(model: keras.Model, *, opens: Opens = composite, inputs: Any = None) -> Topology:
    """Read a Keras model into its call-level topology.

    Args:
        model: Sequential (built or not), functional, or a subclass of `keras.Model` that was called or built.
        opens: which layers are looked into: `composite` (models, and the learner's own layers that hold layers),
            `everything` (wrappers such as Bidirectional too; their inner layer stands in their configuration
            otherwise), `nested`, or `closed`.
        inputs: for a subclassed model, the symbolic tensors to trace it with: `keras.Input` objects, alone or
            in a list or dict. Needed only where the model was built from something else than its call on data.

    Returns:
        The topology, with shapes, dtypes and weights as far as the model has them. Where a subclassed model takes a
        path that depends on the data, the part that could be traced, and the reason in `Topology.partial`.

    Raises:
        NotReadable: it is no Keras model, or a subclassed model of which nothing is known yet.

    >>> import keras
    >>> image = keras.Input((4,), name="image")
    >>> topology = read(keras.Model(image, keras.layers.Dense(2, name="scores")(image)))
    >>> [call.id for call in topology.calls], topology.parameters
    (['image', 'scores'], 10)
    """
    return _read(model, opens, inputs)[0]


def read_with_layers(model: keras.Model, *, opens: Opens = composite) -> tuple[Topology, dict[str, Any]]:
    """As `read`, and the living layer or operation for each layer id of the topology."""
    topology, reader = _read(model, opens, None)
    return topology, {name: thing for name, thing in reader.living.items() if name in topology.layer}


def call_on(model: keras.Model, values: Sequence[Any]) -> Any:
    """What a model computes from one value for each of its inputs, in their order, when it does not train."""
    _, reader = _read(model, composite, None)
    args, kwargs = reader.given.on(values)
    return model(*args, **kwargs, training=False)


def _read(model: Any, opens: Opens, inputs: Any) -> tuple[Topology, Reader]:
    _check(model)
    reader = Reader(opens)
    graph = graph_of(model)
    if graph is not None:
        return reader.graph(model, graph), reader
    if isinstance(model, keras.Sequential):
        return reader.stack(model), reader
    return _traced(model, opens, possibly_given(model) if inputs is None else [CalledWith((inputs,))])


def _traced(model: keras.Model, opens: Opens, possible: Iterable[CalledWith]) -> tuple[Topology, Reader]:
    """A subclassed model, traced with what it was called with; of guesses with the first that its layers confirm."""
    stopped: tuple[Topology, Reader] | None = None
    for given in possible:
        reader = Reader(opens)
        topology = reader.traced(model, given)
        if topology.partial is None and (reader.confirmed or not given.guessed):
            return topology, reader
        if not given.guessed:
            stopped = topology, reader
    if stopped is not None:
        return stopped
    unknown = in_doubt(model)
    if unknown:
        names = " and ".join(f"`{name}`" for name in unknown)
        raise NotReadable(
            f"The shape of {names}, which call() of {model.name!r} takes, is not known; call the model once with "
            "keras.Input(shape) for each argument and try again."
        )
    raise NotReadable(
        f"The model {model.name!r} was never called, so nothing is known of its inputs; call it once on data or on "
        "keras.Input(shape) and try again."
    )


def _check(model: Any) -> None:
    if isinstance(model, keras.Model):
        return
    if isinstance(model, type) and issubclass(model, keras.Layer):
        raise NotReadable(f"{model.__name__} is a class; make one with {model.__name__}(...) and pass that.")
    if isinstance(model, keras.Layer):
        raise NotReadable(
            f"{model.name!r} is a single layer, not a model; put it into keras.Sequential([...]) or call it on a "
            "keras.Input and pass keras.Model(inputs, outputs)."
        )
    if isinstance(model, KerasTensor):
        raise NotReadable("This is a tensor of a graph, not a model; pass keras.Model(inputs, outputs).")
    if isinstance(model, (list, tuple)):
        raise NotReadable("This is a list, not a model; if it lists layers, pass keras.Sequential([...]).")
    if model is None:
        raise NotReadable("This is None, not a model; does the cell that builds the model end in return or assign it?")
    kind = type(model).__name__
    raise NotReadable(f"This is of type {kind}, not a Keras model; pass a keras.Sequential or keras.Model.")


def layers_reached(tensors: Iterable[Any]) -> list[Any]:
    """The layers and operations on every way back from the tensors, each once."""
    waiting = [tensor for tensor in tensors if isinstance(tensor, keras.KerasTensor)]
    nodes: dict[int, KerasNode] = {}
    while waiting:
        node = node_behind(waiting.pop())
        if node is not None and id(node) not in nodes:
            nodes[id(node)] = node
            waiting.extend(node.input_tensors)
    return list({id(node.operation): node.operation for node in nodes.values()}.values())
