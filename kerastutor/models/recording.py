"""The one interception of layer calls: what is called with which symbolic tensors, by which line.

Two context managers share it, and both put Keras back as it was on any exit:

- `recording(expand)` is an X-ray. Composite layers for which `expand(layer)` is true are opened: their own `call` runs,
  so the calls inside become visible. Nothing is left behind: the nodes that the X-ray adds to the learner's layers
  are taken out again, and so are the names it used up. Layers that were not built yet are built, as by any call.
- `watching()` looks on while the learner's code runs: nothing is opened, nothing is undone.

Both are thread-local (other threads are not recorded) and may be nested: an X-ray inside a `watching` block is not seen
by the block, for it is not the learner's doing.

>>> import keras
>>> from kerastutor.models.keras_inside import calls_of
>>> from kerastutor.models.recording import composite, recording
>>> class Twice(keras.Model):
...     def __init__(self):
...         super().__init__()
...         self.dense = keras.layers.Dense(4, name="dense")
...
...     def call(self, x):
...         return x + self.dense(self.dense(x))
>>> with recording(composite) as record:
...     outputs = Twice()(keras.Input((4,)))
>>> [call.operation.name for call in record.calls][:2], len(record.calls), len(record.calls[0].scope)
(['dense', 'dense'], 3, 1)
>>> len(calls_of(record.calls[0].operation))
0
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import keras
from keras import Operation, tree

from kerastutor.models.interception import Listener, Original, Where, listening, where
from kerastutor.models.keras_inside import (
    KerasNode,
    calls_of,
    forget,
    is_conversion,
    layers_held,
    names_used,
    restore_names,
)


@dataclass(frozen=True, eq=False)
class Opened:
    """A composite layer that was opened, once for each time it was called.

    Attributes:
        layer: the Keras layer or model.
        args, kwargs: what it was called with.
        source: the line that called it.
    """

    layer: keras.Layer
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    source: Where | None


@dataclass(frozen=True, eq=False)
class RecordedCall:
    """One call of a layer or operation on symbolic tensors.

    Attributes:
        operation: the `keras.Layer`, or the `keras.Operation` behind `x + y` and `keras.ops`.
        args, kwargs: as the caller gave them, KerasTensors and constants; no masks that Keras adds by itself.
        outputs: the KerasTensor it returned, or the list, tuple or dict of them.
        scope: the composite layers it was made in, outermost first; compare them by identity.
        source: the line that made it; None where no line outside Keras did.
        stack: the Sequential whose list it stands in, where Keras itself called the layer while stacking it.
    """

    operation: Operation
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    outputs: Any
    scope: tuple[Opened, ...] = ()
    source: Where | None = None
    stack: keras.Sequential | None = None


@dataclass(frozen=True, eq=False)
class FailedCall:
    """The innermost call that raised: fields as in `RecordedCall`, and the exception in place of the outputs."""

    operation: Operation
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    error: BaseException
    scope: tuple[Opened, ...] = ()
    source: Where | None = None
    stack: keras.Sequential | None = None


class Effect(NamedTuple):
    """What a call does besides returning tensors: a loss that it adds, or a value that it gives a variable.

    Attributes:
        variable: the variable that changes; None for a loss.
        value: the tensor or number.
    """

    variable: keras.Variable | None
    value: Any


class Trained(NamedTuple):
    """A model that was given data by `method`: `fit`, `evaluate` or `predict`."""

    model: keras.Model
    method: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


class Created(NamedTuple):
    """A layer (an input layer too) that was created, and the line that did it."""

    layer: keras.Layer
    source: Where | None


@dataclass(eq=False)
class Record:
    """What was seen, in the order it happened; it grows while the block runs.

    Attributes:
        calls: the calls that returned.
        opened: the composite layers that were entered, each time they were called.
        created: the layers that were created, those a composite makes for itself included.
        asks_training: whether the code of an opened layer asked whether the model is training.
        effects: what the opened layers did besides, which an X-ray keeps from happening.
        failed: the innermost call that raised last, or None.
        outermost: the call in which it was made, itself where it was made in no other.
        trained: the models that were given data; noted before they are.
        running: how many calls on symbolic tensors are running, one inside the other.
    """

    calls: list[RecordedCall] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    created: list[Created] = field(default_factory=list)
    asks_training: bool = False
    effects: list[Effect] = field(default_factory=list)
    failed: FailedCall | None = None
    outermost: FailedCall | None = None
    trained: list[Trained] = field(default_factory=list)
    running: int = 0


def composite(layer: keras.Layer) -> bool:
    """Whether a layer is worth opening: a model, or a layer of the learner's own that holds other layers.

    Keras' own layers stay closed, also those that wrap another one (Bidirectional, TimeDistributed).
    """
    if isinstance(layer, keras.Model):
        return True
    return bool(layers_held(layer)) and not of_keras(type(layer))


def of_keras(cls: type) -> bool:
    """Whether a class is Keras' own, not the learner's."""
    return cls.__module__.partition(".")[0] == "keras"


class _HandedDown(int):
    """The `training` that Keras hands down to a layer which is not told: as good as a bool, and it says who looked."""

    record: Record

    def _looked_at(self) -> int:
        self.record.asks_training = True
        return int(self.real)

    def __bool__(self) -> bool:
        return self._looked_at() == 1

    def __eq__(self, other: object) -> bool:
        return self._looked_at() == other

    __hash__ = int.__hash__
    __int__ = __index__ = _looked_at

    def __float__(self) -> float:
        return float(self._looked_at())


@contextmanager
def recording(expand: Callable[[keras.Layer], bool], *, training: bool = False) -> Iterator[Record]:
    """X-ray the symbolic calls of this thread, opening the layers for which `expand` is true.

    Args:
        expand: asked once for each call of a layer on symbolic tensors.
        training: what the opened layers are told where the code says nothing.

    Yields:
        The growing `Record`. What was called is in `Record.calls`; a composite layer that was opened is not among
        them, its inner calls are, with it in their `scope`.

    Raises:
        Whatever the code inside raises; `Record.failed` then says at which call.
    """
    names = names_used()
    xray = _XRay(Record(), expand, training=training)
    try:
        with listening(xray):
            yield xray.record
    finally:
        xray.clean_up()
        if not xray.built_something:
            restore_names(names)


@contextmanager
def watching() -> Iterator[Record]:
    """Look on at the symbolic calls of this thread; Keras and the learner's layers behave as ever.

    Yields:
        The growing `Record`. Calls that Keras makes while it builds a Sequential carry that Sequential as `stack`.
    """
    watcher = _Watcher(Record())
    with listening(watcher):
        yield watcher.record


class _Watcher(Listener):
    """Notes calls and leaves them as they are."""

    sees_through = True

    def __init__(self, record: Record) -> None:
        self.record = record
        self.stacks: list[keras.Sequential] = []
        self.scope: list[Opened] = []
        self.unwinding = False  # an exception is on its way out: its innermost call is known already

    def call_layer(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> Any:
        return self._note(original, layer, args, kwargs)

    def call_operation(self, original: Original, operation: Operation, args: Any, kwargs: Any) -> Any:
        return self._note(original, operation, args, kwargs)

    def build_stack(self, original: Original, stack: keras.Sequential, args: Any, kwargs: Any) -> Any:
        self.stacks.append(stack)
        try:
            return original(stack, *args, **kwargs)
        finally:
            self.stacks.pop()

    def call_on_data(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> Any:
        return original(layer, *args, **kwargs)

    def adds_loss(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> Any:
        return original(layer, *args, **kwargs)

    def assigns(self, original: Original, variable: keras.Variable, args: Any, kwargs: Any) -> Any:
        return original(variable, *args, **kwargs)

    def created(self, operation: Operation) -> None:
        if isinstance(operation, keras.Layer):
            self.record.created.append(Created(operation, where()))

    def trains(self, model: keras.Model, method: str, args: Any, kwargs: Any) -> None:
        self.record.trained.append(Trained(model, method, args, kwargs))

    def begins(self) -> None:
        self.unwinding = False  # whatever was raised before was caught: Keras tries some calls more than once

    def refused(self, operation: Operation, args: Any, kwargs: Any, error: BaseException) -> None:
        stack = self.stacks[-1] if self.stacks else None
        self._fail(FailedCall(operation, args, dict(kwargs), error, tuple(self.scope), where(), stack))

    def _fail(self, failed: FailedCall) -> None:
        if not self.unwinding:
            self.record.failed = failed
        self.record.outermost = failed
        self.unwinding = True

    def _note(self, original: Original, operation: Operation, args: Any, kwargs: Any) -> Any:
        self.begins()
        if self.record.running:  # what a call calls itself is its own affair
            return original(operation, *args, **kwargs)
        given, source = dict(kwargs), where()  # Keras adds masks to kwargs while it runs
        stack = self.stacks[-1] if self.stacks else None
        context: dict[str, Any] = {"scope": tuple(self.scope), "source": source, "stack": stack}
        self.record.running += 1
        try:
            outputs = original(operation, *args, **kwargs)
        except BaseException as error:
            self._fail(FailedCall(operation, args, given, error, **context))
            raise
        finally:
            self.record.running -= 1
        self.record.calls.append(RecordedCall(operation, args, given, outputs, **context))
        return outputs


class _XRay(_Watcher):
    """Opens composite layers, and remembers every node it causes so that none stays."""

    sees_through = False

    def __init__(self, record: Record, expand: Callable[[keras.Layer], bool], *, training: bool) -> None:
        super().__init__(record)
        self.expand = expand
        told = _HandedDown(training)
        told.record = record
        self.training: list[Any] = [told]
        self.built_something = False
        self._ours: dict[int, Any] = {}  # tensors of this X-ray by id, kept alive so that no id is used again
        self._nodes: list[KerasNode] = []

    def call_layer(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> Any:
        args, kwargs = _as_written(args), _as_written(kwargs)
        if self.stacks:  # Keras is building a Sequential: that belongs to the learner's model, not to the X-ray
            return original(layer, *args, **kwargs)
        if not self.record.running:
            self._adopt((args, kwargs))
            if self.expand(layer):
                return self._open(original, layer, args, kwargs)
            self.built_something |= not layer.built
        return self._keep_node(layer, args, kwargs, self._note(original, layer, args, kwargs))

    def call_on_data(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> Any:
        """A layer called on a constant inside an opened one is a call like any other, as that of a position table."""
        args, kwargs = _as_written(args), _as_written(kwargs)
        if not self._looks_inside() or not isinstance(layer, keras.Layer):
            return original(layer, *args, **kwargs)
        if self.expand(layer):
            return self._open(original, layer, args, kwargs)
        stand_ins = tree.map_structure(_symbolic, args)
        if not any(isinstance(leaf, keras.KerasTensor) for leaf in tree.flatten(stand_ins)):
            return original(layer, *args, **kwargs)
        self.built_something |= not layer.built
        self._adopt(stand_ins)
        self.record.running += 1
        try:
            outputs = original(layer, *stand_ins, **kwargs)
        finally:
            self.record.running -= 1
        self.record.calls.append(RecordedCall(layer, args, dict(kwargs), outputs, tuple(self.scope), where()))
        return self._keep_node(layer, stand_ins, kwargs, outputs)

    def adds_loss(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> Any:
        if not self._looks_inside():
            return original(layer, *args, **kwargs)
        self.record.effects += [Effect(None, value) for value in tree.flatten((args, kwargs))]
        return None

    def assigns(self, original: Original, variable: keras.Variable, args: Any, kwargs: Any) -> Any:
        if not self._looks_inside():
            return original(variable, *args, **kwargs)
        value: Any = args[0] if args else kwargs["value"]
        self.record.effects.append(Effect(variable, value))
        return value

    def _looks_inside(self) -> bool:
        """Whether it is the code of an opened layer that runs, and not a layer or operation called there."""
        return bool(self.scope) and not self.record.running and not self.stacks

    def call_operation(self, original: Original, operation: Operation, args: Any, kwargs: Any) -> Any:
        if self.record.running:
            return self._keep_node(operation, args, kwargs, original(operation, *args, **kwargs))
        self._adopt((args, kwargs))
        args, kwargs = _computed_with(args), _computed_with(kwargs)
        if is_conversion(operation) and operation.dtype in (None, getattr(args[0], "dtype", None)):
            return args[0]  # a model converts what it is given; a tensor of that dtype is converted already
        return self._keep_node(operation, args, kwargs, self._note(original, operation, args, kwargs))

    def build_stack(self, original: Original, stack: keras.Sequential, args: Any, kwargs: Any) -> Any:
        self.built_something = True
        return super().build_stack(original, stack, args, kwargs)

    def clean_up(self) -> None:
        """Take the X-ray's nodes out of the layers again."""
        for node in reversed(self._nodes):
            forget(node)

    def _open(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> Any:
        if not layer.built:
            self._build(original, layer, args, kwargs)
        opened = Opened(layer, args, dict(kwargs), where())
        self.record.opened.append(opened)
        self.scope.append(opened)
        args, kwargs, training = self._told(layer, args, kwargs)
        self.training.append(training)
        try:
            return layer.call(*args, **kwargs)
        finally:
            self.training.pop()
            self.scope.pop()

    def _told(self, layer: keras.Layer, args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, dict[str, Any], Any]:
        """What the layer's `call` is given: `training` handed down where nothing is said; and that `training`.

        Keras drops `training` and `mask` where `call` does not take them.
        """
        parameters = inspect.signature(layer.call).parameters
        any_name = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
        place = list(parameters).index("training") if "training" in parameters else len(args)
        said = args[place] if place < len(args) else kwargs.get("training")
        training = self.training[-1] if said is None else said
        given = {name: kwargs[name] for name in kwargs if any_name or name in parameters or name not in _OF_KERAS}
        if place < len(args):
            return (*args[:place], training, *args[place + 1 :]), given, training
        return args, {**given, "training": training} if "training" in parameters else given, training

    def _build(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> None:
        """Let Keras call it once, closed, which builds everything inside."""
        self.built_something = True
        self.record.running += 1
        try:
            self._keep_node(layer, args, kwargs, original(layer, *args, **kwargs))
        except Exception:
            self.record.failed = None  # it is called again, opened, and fails there at the inner call that is to blame
        finally:
            self.record.running -= 1

    def _adopt(self, structure: Any) -> None:
        for tensor in tree.flatten(structure):
            if isinstance(tensor, keras.KerasTensor):
                self._ours[id(tensor)] = tensor

    def _keep_node(self, operation: Operation, args: Any, kwargs: Any, outputs: Any) -> Any:
        """Remember the node of a call on the X-ray's tensors; calls on other tensors are not its doing."""
        if any(id(tensor) in self._ours for tensor in tree.flatten((args, kwargs))):
            self._adopt(outputs)
            self._nodes += calls_of(operation)[-1:]
        return outputs


_OF_KERAS = ("training", "mask")


def _symbolic(value: Any) -> Any:
    """A symbolic tensor like an array or tensor that holds numbers; anything else as it is."""
    if isinstance(value, keras.Variable) or not (keras.ops.is_tensor(value) or hasattr(value, "__array_interface__")):
        return value
    return keras.KerasTensor(tuple(value.shape), dtype=keras.backend.standardize_dtype(value.dtype))


def _computed_with(structure: Any) -> Any:
    """Arguments of an operation, which takes the `training` that was handed down for a number."""
    if not any(isinstance(value, _HandedDown) for value in tree.flatten(structure)):
        return structure
    return tree.map_structure(lambda value: bool(value) if isinstance(value, _HandedDown) else value, structure)


def _as_written(structure: Any) -> Any:
    """Arguments without the `training` that was only handed on: Keras would have done so by itself."""
    if not any(isinstance(value, _HandedDown) for value in tree.flatten(structure)):
        return structure
    return tree.map_structure(lambda value: None if isinstance(value, _HandedDown) else value, structure)


@contextmanager
def names_kept() -> Iterator[None]:
    """Let what is made in the block use up none of the names that Keras gives by itself, as in `input_layer_4`."""
    names = names_used()
    try:
        yield
    finally:
        restore_names(names)
