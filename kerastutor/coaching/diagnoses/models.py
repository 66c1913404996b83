"""Mistakes where a model is made of layers and tensors, and where it is saved."""

from __future__ import annotations

import ast
from pathlib import Path

import keras
from keras import KerasTensor, tree

from kerastutor.coaching.diagnoses.objects import expressions, is_layer, is_layer_class, is_symbolic, made_class
from kerastutor.coaching.diagnoses.stacks import items_of
from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.sites import Unknown, resolve
from kerastutor.coaching.tensors import is_data, shape_of, shape_text
from kerastutor.models.keras_inside import layers_held, node_behind
from kerastutor.models.reading import layers_reached
from kerastutor.topology.finding import Finding, found


def duplicate_names(evidence: Evidence) -> Finding | None:
    cls = made_class(evidence)
    items = items_of(evidence)
    if items is None and not (cls and issubclass(cls, keras.Model)):
        return None
    owner = getattr(evidence.site.function, "__self__", None)
    layers = [value for value, _ in items or [] if isinstance(value, keras.Layer)]
    layers += layers_held(owner)
    layers += [created.layer for created in evidence.record.created] if evidence.record.created else []
    if items is None:
        layers = layers_reached([*_tensors(evidence, 0, "inputs"), *_tensors(evidence, 1, "outputs")])
    names = [layer.name for layer in {id(layer): layer for layer in layers}.values()]
    twice = [name for name in names if names.count(name) > 1 and f"{name}" in evidence.message]
    return found("duplicate_names", name=repr(twice[0])) if twice and isinstance(evidence.error, ValueError) else None


def _is_model_call(evidence: Evidence) -> bool:
    cls = made_class(evidence)
    return cls is not None and issubclass(cls, keras.Model) and not issubclass(cls, keras.Sequential)


def missing_outputs(evidence: Evidence) -> Finding | None:
    if not _is_model_call(evidence):
        return None
    given = {name: evidence.site.keywords[name] for name in ("inputs", "outputs") if name in evidence.site.keywords}
    given |= dict(zip(("inputs", "outputs"), evidence.site.args, strict=False))
    if len(given) == 1 and any(map(is_symbolic, tree.flatten(next(iter(given.values())).value))):
        return found("missing_outputs", given=next(iter(given)))
    return None


def wrong_part_of_model(evidence: Evidence) -> Finding | None:
    if not _is_model_call(evidence):
        return None
    for position, place in enumerate(("inputs", "outputs")):
        value = evidence.site.argument(position, place)
        text = _text(evidence, position, place)
        for leaf in tree.flatten(value):
            if is_data(leaf):
                return found("array_in_graph", given=text, shape=shape_text(shape_of(leaf)))
            if isinstance(leaf, Unknown):
                called_on = _called_on_data(evidence, text)
                if called_on is not None:
                    return called_on
            if is_layer_class(leaf):
                return found("class_not_instance", given=text)
            if is_layer(leaf):
                given = text if isinstance(leaf, Unknown) else evidence.name(leaf)
                return found("layer_not_tensor", given=given, place="keras.Model")
            if isinstance(leaf, int) and place == "inputs":
                return found("input_forgotten", layer="keras.Model", given=text)
    return None


def _called_on_data(evidence: Evidence, text: str) -> Finding | None:
    """`Model(inputs, layer(x_train))`: the layer computes at once, and there is no tensor of a graph."""
    for call in expressions(text, ast.Call):
        for argument in call.args:
            value = resolve(argument, evidence.site.scope)
            if isinstance(argument, ast.Name) and is_data(value) and is_layer(resolve(call.func, evidence.site.scope)):
                return found("array_in_graph", given=argument.id, shape=shape_text(shape_of(value)))
    return None


def _text(evidence: Evidence, position: int, name: str) -> str:
    if name in evidence.site.keywords:
        return evidence.site.keywords[name].text
    return evidence.site.args[position].text if position < len(evidence.site.args) else name


def output_is_input(evidence: Evidence) -> Finding | None:
    """`x = layer(x)` took the name of the input: `Model(x, x)`, or `Model(y, x)` where y is computed from x."""
    if not _is_model_call(evidence):
        return None
    inputs, outputs = _tensors(evidence, 0, "inputs"), _tensors(evidence, 1, "outputs")
    if any(one is other for one in inputs for other in outputs):
        return found("output_is_input", given=_text(evidence, 1, "outputs"))
    if inputs and outputs and all(_depends(tensor, outputs) for tensor in inputs):
        first, second = _text(evidence, 0, "inputs"), _text(evidence, 1, "outputs")
        return found("inputs_and_outputs_swapped", first=first, second=second)
    return None


def disconnected(evidence: Evidence) -> Finding | None:
    if not _is_model_call(evidence):
        return None
    inputs, outputs = _tensors(evidence, 0, "inputs"), _tensors(evidence, 1, "outputs")
    for output in outputs:
        origins = _origins(output, {id(tensor) for tensor in inputs})
        if origins and inputs:
            names = [evidence.name(tensor) for tensor in inputs]
            source = " and ".join(sorted({evidence.name(tensor) for tensor in origins}))
            return found(
                "disconnected",
                output=_text(evidence, 1, "outputs") if _is_made_here(evidence) else evidence.name(output),
                input=" and ".join(names),
                source=f"an earlier input that is called {source} too" if source in names else source,
            )
    return None


def _tensors(evidence: Evidence, position: int, name: str) -> list[KerasTensor]:
    """The tensors a model is made of. What is made on the line itself was made last: it has no name to find it by."""
    value = evidence.site.argument(position, name)
    if not any(value is given.value for given in evidence.site.given):
        return []
    leaves = tree.flatten(value)
    made = [leaf for leaf in leaves if isinstance(leaf, Unknown) and leaf.cls in (None, KerasTensor)]
    used = {id(t) for call in evidence.record.calls for t in tree.flatten((call.args, dict(call.kwargs)))}
    loose = [t for call in evidence.record.calls for t in tree.flatten(call.outputs) if id(t) not in used]
    latest = loose[-len(made) :] if made else []
    return [leaf for leaf in [*leaves, *latest] if isinstance(leaf, KerasTensor)]


def _is_made_here(evidence: Evidence) -> bool:
    return isinstance(evidence.site.argument(1, "outputs"), Unknown)


def _depends(tensor: KerasTensor, on: list[KerasTensor]) -> bool:
    return not _origins(tensor, {id(one) for one in on})


def _origins(tensor: KerasTensor, stop: set[int]) -> list[KerasTensor]:
    """The inputs that a tensor goes back to without passing one of `stop`."""
    origins, waiting, seen = [], [tensor], set()
    while waiting:
        current = waiting.pop()
        if id(current) in seen or id(current) in stop:
            continue
        seen.add(id(current))
        node = node_behind(current)
        parents = [] if node is None else node.input_tensors
        waiting.extend(parents)
        if not parents:
            origins.append(current)
    return origins


def file_without_kind(evidence: Evidence) -> Finding | None:
    site = evidence.method("save")
    path = site.argument(0, "filepath") if site and isinstance(evidence.error, ValueError) else None
    if not isinstance(path, (str, Path)) or Path(path).suffix in (".keras", ".h5", ".hdf5"):
        return None
    return found("file_without_kind", path=repr(str(path)), today=repr(str(Path(path).with_suffix(".keras"))))


RULES = (
    duplicate_names,
    missing_outputs,
    wrong_part_of_model,
    output_is_input,
    disconnected,
    file_without_kind,
)
