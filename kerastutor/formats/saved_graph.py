"""The parts of a model as Keras 3 saves it: layers, nodes, and the tensors that nodes name."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from kerastutor.formats.containers import FileRefused
from kerastutor.knowledge.normal_config import kind_of
from kerastutor.topology.graph import Json, Tensor

LONGEST_NAME = 400
MOST_LAYERS = 20_000


class Place(NamedTuple):
    """One call: the name of the layer, and which of its calls."""

    layer: str
    call: int

    def tensor(self, index: int) -> SavedTensor:
        """The tensor that this call returns at position `index`."""
        return SavedTensor(self.layer, self.call, index)


class SavedTensor(NamedTuple):
    """A tensor, by the call that returns it and its position there."""

    layer: str
    call: int
    output: int

    @property
    def place(self) -> Place:
        """The call that returns it."""
        return Place(self.layer, self.call)


@dataclass(frozen=True)
class SavedLayer:
    """A layer, operation or model: its class and configuration, and the calls it has in the model around it.

    Attributes:
        key: the same for two entries of one layer.
    """

    name: str
    kind: str
    class_name: str
    config: Mapping[str, Json]
    nodes: tuple[Json, ...]
    key: Any

    @classmethod
    def of(cls, saved: Json, *, within: Any = None) -> SavedLayer:
        """Check what stands where a layer belongs; `within` is the key of the model around it."""
        if not isinstance(saved, Mapping) or not isinstance(saved.get("class_name"), str):
            raise FileRefused("This is no saved Keras model: model.save() or model.to_json() write one.")
        class_name, config = saved["class_name"], saved.get("config")
        if "module" not in saved:
            raise FileRefused(
                "This model was saved by Keras 2; open it with tf_keras and build it anew with Keras 3 to read it."
            )
        if not isinstance(config, Mapping):
            raise _damaged(f"the layer of class {class_name!r} has no configuration")
        name = saved.get("name") or config.get("name")
        if not isinstance(name, str) or not name or len(name) > LONGEST_NAME:
            raise _damaged(f"a layer of class {class_name!r} has no name")
        nodes = saved.get("inbound_nodes")
        shared = saved.get("shared_object_id")
        return cls(
            name=name,
            kind=kind_of(_text(saved.get("module")), class_name, _text(saved.get("registered_name"))),
            class_name=class_name,
            config=config,
            nodes=tuple(nodes) if isinstance(nodes, list) else (),
            key=("shared", shared) if type(shared) is int else (within, name),
        )

    @property
    def is_graph(self) -> bool:
        """Whether it is a model that holds its graph."""
        return isinstance(self.config.get("layers"), list) and "input_layers" in self.config

    @property
    def is_stack(self) -> bool:
        """Whether it is a Sequential."""
        return self.kind == "Sequential" and isinstance(self.config.get("layers"), list)


class SavedNode(NamedTuple):
    """What one call was given."""

    args: list[Json]
    kwargs: Mapping[str, Json]

    @staticmethod
    def of(saved: Json) -> SavedNode:
        """Check what stands where a call belongs."""
        if not isinstance(saved, Mapping):
            raise FileRefused("This model was saved by Keras 2; save it with Keras 3 to read it.")
        args, kwargs = saved.get("args", []), saved.get("kwargs", {})
        if not isinstance(args, list) or not isinstance(kwargs, Mapping):
            raise _damaged("a call has no arguments")
        return SavedNode(args, kwargs)

    @staticmethod
    def tensor_in(value: Json) -> SavedTensor | None:
        """The tensor that a value names; None where it is no tensor."""
        if not isinstance(value, Mapping) or value.get("class_name") != "__keras_tensor__":
            return None
        config = value.get("config")
        source = _source(config.get("keras_history")) if isinstance(config, Mapping) else None
        if source is None:
            raise _damaged("a tensor does not say where it comes from")
        return source

    def tensors(self) -> Iterator[tuple[SavedTensor, Mapping[str, Json]]]:
        """The tensors that the call takes, in order, each with what the file says about it."""
        waiting: list[Json] = [self.kwargs, self.args]
        while waiting:
            value = waiting.pop()
            source = self.tensor_in(value)
            if source is not None:
                yield source, value["config"]
            elif isinstance(value, Mapping):
                waiting.extend(value[name] for name in sorted(value, reverse=True))
            elif isinstance(value, list):
                waiting.extend(reversed(value))


@dataclass(frozen=True)
class SavedGraph:
    """A model that holds its graph.

    Attributes:
        inputs, outputs: lists and dicts with the tensors' sources at their leaves, as saved.
        used: how many tensors of a call the others ask for.
        tensors: shape and dtype, of those that the file says.
    """

    name: str
    layers: Mapping[str, SavedLayer]
    inputs: Json
    outputs: Json
    nodes: Mapping[Place, SavedNode]
    used: Mapping[Place, int]
    tensors: Mapping[SavedTensor, Tensor]

    def layer(self, name: str) -> SavedLayer:
        """The layer of that name."""
        if name not in self.layers:
            raise _damaged(f"there is no layer {name!r}")
        return self.layers[name]

    def nodes_in_order(self, known: Container[SavedTensor]) -> Iterator[tuple[Place, SavedNode]]:
        """The calls that the outputs depend on, each after those it takes from: depth first, arguments in order."""
        done: set[Place] = set()
        entered: set[Place] = set()
        waiting = [source.place for _, source in leaves(self.outputs) if source not in known][::-1]
        while waiting:
            place = waiting[-1]
            if place in done:
                waiting.pop()
                continue
            missing = [
                source.place for source, _ in self._node(place).tensors()
                if source not in known and source.place not in done
            ]  # fmt: skip
            if not missing:
                done.add(place)
                waiting.pop()
                yield place, self._node(place)
            elif place in entered:
                raise _damaged(f"the layer {place.layer!r} feeds itself in a circle")
            else:
                entered.add(place)
                waiting.extend(reversed(missing))

    def _node(self, place: Place) -> SavedNode:
        if place not in self.nodes:
            if self.layer(place.layer).kind == "Input":
                raise _damaged(f"{place.layer!r} is used and is not among the inputs of {self.name!r}")
            raise _damaged(f"the layer {place.layer!r} is used and never called")
        return self.nodes[place]


def saved_graph(model: SavedLayer) -> SavedGraph:
    """Check and index a model that holds its graph."""
    layers = {layer.name: layer for layer in _layers(model)}
    if len(layers) != len(model.config["layers"]):
        raise _damaged(f"two layers of {model.name!r} have one name")
    nodes = {
        Place(layer.name, number): SavedNode.of(node)
        for layer in layers.values()
        if layer.kind != "Input"
        for number, node in enumerate(layer.nodes)
    }
    used: dict[Place, int] = {}
    tensors: dict[SavedTensor, Tensor] = {}
    for node in nodes.values():
        for source, said in node.tensors():
            used[source.place] = max(used.get(source.place, 1), source.output + 1)
            tensors.setdefault(source, _tensor(said))
    outputs = _without_own_node(model.config.get("output_layers"), layers)
    for _, source in leaves(outputs):
        used[source.place] = max(used.get(source.place, 1), source.output + 1)
    return SavedGraph(model.name, layers, model.config["input_layers"], outputs, nodes, used, tensors)


def stacked_layers(model: SavedLayer) -> tuple[SavedLayer | None, list[SavedLayer]]:
    """The Input of a Sequential, if it has one, and the layers stacked on it."""
    layers = list(_layers(model))
    if layers and layers[0].kind == "Input":
        return layers[0], layers[1:]
    return None, layers


def leaves(structure: Json, key: str | None = None) -> Iterator[tuple[str | None, SavedTensor]]:
    """The tensors of a structure: with keys where a dict names them, and the path where structures nest.

    >>> list(leaves([["x", 0, 0], ["y", 0, 1]]))
    [(None, SavedTensor(layer='x', call=0, output=0)), (None, SavedTensor(layer='y', call=0, output=1))]
    >>> list(leaves({"image": ["x", 0, 0]}))
    [('image', SavedTensor(layer='x', call=0, output=0))]
    """
    source = _source(structure)
    if source is not None:
        yield key, source
    elif isinstance(structure, Mapping):
        for name in sorted(structure):
            yield from leaves(structure[name], f"{key}.{name}" if key else str(name))
    elif isinstance(structure, list):
        for position, item in enumerate(structure):
            deeper = _source(item) is None or key is not None
            yield from leaves(item, (f"{key}.{position}" if key else str(position)) if deeper else None)
    else:
        raise _damaged("it does not say which tensors go in or out")


def _without_own_node(structure: Json, layers: Mapping[str, SavedLayer]) -> Json:
    """The outputs with calls counted from 0, as nodes do; Keras counts those of functional models from 1 here."""
    if isinstance(structure, Mapping):
        return {name: _without_own_node(item, layers) for name, item in structure.items()}
    source = _source(structure)
    if source is None:
        return [_without_own_node(item, layers) for item in structure] if isinstance(structure, list) else structure
    inner = layers.get(source.layer)
    own = 1 if inner is not None and inner.is_graph else 0
    return [source.layer, source.call - own, source.output]


def _layers(model: SavedLayer) -> Iterator[SavedLayer]:
    saved = model.config["layers"]
    if len(saved) > MOST_LAYERS:
        raise FileRefused(f"This model has more than {MOST_LAYERS} layers, more than can be shown.")
    return (SavedLayer.of(layer, within=id(model.config)) for layer in saved)


def _source(saved: Json) -> SavedTensor | None:
    if not isinstance(saved, list) or len(saved) != 3 or not isinstance(saved[0], str):
        return None
    layer, call, index = saved
    if type(call) is not int or type(index) is not int or call < 0 or not 0 <= index < 1000:
        raise _damaged(f"a tensor of {layer!r} has no number")
    return SavedTensor(layer, call, index)


def _tensor(said: Mapping[str, Json]) -> Tensor:
    shape, dtype = said.get("shape"), said.get("dtype")
    if not isinstance(shape, list) or not all(length is None or type(length) is int for length in shape):
        shape = None
    return Tensor(None if shape is None else tuple(shape), dtype if isinstance(dtype, str) else None)


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _damaged(what: str) -> FileRefused:
    return FileRefused(f"This saved model is damaged: {what}.")
