"""Standing between Keras and its callers, for as long as somebody listens.

A few methods of Keras are replaced while at least one thread listens, and put back when the last one stops, whatever
ended it. A thread that does not listen runs the originals at once.
"""

from __future__ import annotations

import inspect
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, Protocol

import keras
from keras import KerasTensor, Operation, tree

from kerastutor.system.tracebacks import without_steps

KERAS_FOLDER = str(Path(keras.__file__).parent) + os.sep
KERASTUTOR_MODELS = str(Path(__file__).parent) + os.sep
KERASTUTOR = str(Path(__file__).parent.parent) + os.sep

Original = Callable[..., Any]

ASSIGNING = ("assign", "assign_add", "assign_sub")
"""The methods that change a variable."""

TRAINING = ("fit", "evaluate", "predict")
"""The methods that give a model data."""


class Where(NamedTuple):
    """The innermost line outside Keras that led here: full file name (or cell name), line from 1."""

    file: str
    line: int


def where() -> Where | None:
    """The innermost line outside Keras and this package that is running now."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((KERAS_FOLDER, KERASTUTOR_MODELS)):
            return Where(file, frame.f_lineno)
        frame = frame.f_back
    return None


def without_our_frames(error: BaseException) -> BaseException:
    """The same exception, its traceback without the steps that only look on: the learner's lines and Keras' stay.

    Where it is about a training (its attribute `trained` says of which), none of kerastutor's own steps says anything.
    """
    if hasattr(error, "trained"):
        without_steps(error, (KERASTUTOR,))
        if error.__cause__ is not None:
            without_steps(error.__cause__, (KERASTUTOR,))
        return error
    return without_steps(error, (KERASTUTOR_MODELS,))


class Listener(Protocol):
    """Who hears of calls. Each method gets the original to run, what it was called on, and the arguments.

    `sees_through` is False for a listener that keeps what it hears from those listening further out.
    """

    sees_through: bool

    def call_layer(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> Any: ...

    def call_operation(self, original: Original, operation: Operation, args: Any, kwargs: Any) -> Any: ...

    def build_stack(self, original: Original, stack: keras.Sequential, args: Any, kwargs: Any) -> Any: ...

    def created(self, operation: Operation) -> None: ...

    def trains(self, model: keras.Model, method: str, args: Any, kwargs: Any) -> None:
        """A model is given data: `method` is `fit`, `evaluate` or `predict`."""

    def begins(self) -> None:
        """A call without symbolic tensors begins."""

    def call_on_data(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> Any:
        """A call without symbolic tensors."""

    def adds_loss(self, original: Original, layer: keras.Layer, args: Any, kwargs: Any) -> Any:
        """A layer adds a loss."""

    def assigns(self, original: Original, variable: keras.Variable, args: Any, kwargs: Any) -> Any:
        """A variable is given a value."""

    def refused(self, operation: Operation, args: Any, kwargs: Any, error: BaseException) -> None:
        """A call without symbolic tensors raised: on data, or on what is no tensor at all."""


def announce(model: keras.Model, method: str, args: Any, kwargs: Any) -> None:
    """Let this thread's listeners hear that a model is given data, also where another thread will do it."""
    for listener in _active():
        listener.trains(model, method, args, kwargs)


_listeners = threading.local()
_installed = 0
_install_lock = threading.Lock()
_originals: dict[str, Any] = {}


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let `listener` hear of this thread's calls while the block runs."""
    stack = _listeners.__dict__.setdefault("stack", [])
    _install()
    stack.append(listener)
    try:
        yield
    finally:
        stack.remove(listener)
        _restore()


def _active() -> list[Listener]:
    """The listeners of this thread that hear of a call: from the innermost out to the first X-ray."""
    heard: list[Listener] = []
    for listener in reversed(_listeners.__dict__.get("stack", ())):
        heard.append(listener)
        if not listener.sees_through:
            break
    return heard


def _through(listeners: list[Listener], method: str, original: Original) -> Original:
    """`original` as seen by each listener in turn, the outermost first."""
    for listener in listeners:

        def heard(target: Any, *args: Any, _next: Any = original, _listener: Any = listener, **kwargs: Any) -> Any:
            return getattr(_listener, method)(_next, target, args, kwargs)

        original = heard
    return original


def _install() -> None:
    global _installed
    with _install_lock:
        _installed += 1
        if _installed > 1:
            return
        _originals.update(
            call=keras.Layer.__call__,
            symbolic=Operation.symbolic_call,
            init=Operation.__init__,
            build=keras.Sequential.build,
            add_loss=keras.Layer.add_loss,
        )
        keras.Layer.add_loss = _patched_effect("adds_loss", _originals["add_loss"])
        for method in ASSIGNING:
            _originals[method] = keras.Variable.__dict__.get(method)  # None: it comes from a class above
            setattr(keras.Variable, method, _patched_effect("assigns", getattr(keras.Variable, method)))
        keras.Layer.__call__ = _patched("call_layer", _originals["call"])
        Operation.symbolic_call = _patched("call_operation", _originals["symbolic"])
        Operation.__init__ = _patched_init(_originals["init"])
        keras.Sequential.build = _patched_build(_originals["build"])
        for method in TRAINING:
            _originals[method] = keras.Model.__dict__.get(method)  # None: it comes from the backend's trainer
            setattr(keras.Model, method, _patched_training(method, getattr(keras.Model, method)))


def _restore() -> None:
    global _installed
    with _install_lock:
        _installed -= 1
        if _installed:
            return
        keras.Layer.__call__ = _originals["call"]
        Operation.symbolic_call = _originals["symbolic"]
        Operation.__init__ = _originals["init"]
        keras.Sequential.build = _originals["build"]
        keras.Layer.add_loss = _originals["add_loss"]
        for cls, methods in ((keras.Model, TRAINING), (keras.Variable, ASSIGNING)):
            for method in methods:
                if _originals[method] is None:
                    delattr(cls, method)
                else:
                    setattr(cls, method, _originals[method])
        _originals.clear()


def _patched(method: str, original: Original) -> Original:
    def intercepted(self: Operation, *args: Any, **kwargs: Any) -> Any:
        listeners = _active()
        if not listeners:
            return original(self, *args, **kwargs)
        if not any(isinstance(leaf, KerasTensor) for leaf in tree.flatten((args, kwargs))):
            return _unseen(listeners, original, self, args, kwargs)
        return _through(listeners, method, original)(self, *args, **kwargs)

    return _like(original, intercepted)


def _patched_effect(method: str, original: Original) -> Original:
    def intercepted(self: Any, *args: Any, **kwargs: Any) -> Any:
        listeners = _active()
        return _through(listeners, method, original)(self, *args, **kwargs)

    return _like(original, intercepted)


def _unseen(listeners: list[Listener], original: Original, operation: Operation, args: Any, kwargs: Any) -> Any:
    """A call that is nobody's business unless it fails."""
    for listener in listeners:
        listener.begins()
    try:
        return _through(listeners, "call_on_data", original)(operation, *args, **kwargs)
    except BaseException as error:
        for listener in listeners:
            listener.refused(operation, args, kwargs, error)
        raise


def _patched_init(original: Original) -> Original:
    def intercepted(self: Operation, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        for listener in _active():
            listener.created(self)

    return _like(original, intercepted)


def _patched_build(original: Original) -> Original:
    def intercepted(self: keras.Sequential, input_shape: Any = None) -> Any:  # Keras looks at these very parameters
        return _through(_active(), "build_stack", original)(self, input_shape)

    return _named_like(original, intercepted)


def _patched_training(method: str, original: Original) -> Original:
    def intercepted(self: keras.Model, *args: Any, **kwargs: Any) -> Any:
        announce(self, method, args, kwargs)
        return original(self, *args, **kwargs)

    return _like(original, intercepted)


def _like(original: Original, intercepted: Original) -> Original:
    """Give the interception the name and signature of what it stands in for: Keras inspects both."""
    _named_like(original, intercepted).__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    return intercepted


def _named_like(original: Original, intercepted: Original) -> Original:
    for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(intercepted, attribute, getattr(original, attribute))
    return intercepted
