"""One configuration for one layer, whether it was read from a live layer or from a file.

Whoever reads a model passes what Keras says about a layer, its class, its parameters, the arguments of its calls,
through the functions here, so that all readers agree:

- a parameter at its default is left out, and so is what does not change the function (names, initialisers, seeds);
- a kernel size of 3 and of `(3, 3)` are `[3, 3]`, an axis of `[-1]` is -1, an activation its name, a regulariser
  `{"L2": {"l2": 0.01}}`, a layer inside a layer `{"kind": ..., "config": ...}`, a lambda the digest of its code.

Values may be those of a live layer's attributes or those that `get_config` or a file holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any, Literal, NamedTuple

from kerastutor.knowledge.kinds import REQUIRED, Facts, facts
from kerastutor.knowledge.named_objects import ACTIVATIONS
from kerastutor.knowledge.nested import held, inner_layer, inner_layers, kind_of
from kerastutor.knowledge.own_code import bare, class_code, digested, is_token, library
from kerastutor.knowledge.parameters import parameter
from kerastutor.knowledge.values import Json, configuration, function_name, named_object, number, plain

__all__ = ["bind_arguments", "code_of", "handed_down", "is_opaque", "kind_of", "layer_config", "live_config", "owns"]


def layer_config(kind: str, raw: Mapping[str, Any]) -> dict[str, Json]:
    """The parameters of a layer that change what it computes and differ from their defaults, as JSON values.

    >>> layer_config("Conv2D", {"filters": 8, "kernel_size": 3, "strides": (1, 1), "name": "stem"})
    {'filters': 8, 'kernel_size': [3, 3]}
    >>> layer_config("MaxPooling2D", {"pool_size": (2, 2), "strides": (2, 2), "padding": "valid"})
    {}
    >>> layer_config("Input", {"batch_shape": (None, 28, 28), "dtype": "float32", "sparse": False})
    {'shape': [None, 28, 28]}

    Args:
        kind: as `kind_of` gives it.
        raw: parameters by name; those that are missing are at their defaults.
    """
    plan = _PLANS.get(kind) or _plan(kind)
    config: dict[str, Json] = {}
    for name, default, spelled, normal in plan.parameters:
        value = raw.get(name, default)
        if value is default or (type(value) in _COMPARED and (value == default or value == spelled)):  # noqa: SIM109
            continue
        value = normal(value)
        if value != default:
            config[name] = value
    if plan.open:
        config.update(_unlisted(raw))
    policy = None if plan.has_dtype else _policy(raw.get("dtype"))
    if policy:
        config["dtype"] = policy
    return plan.finish(config, raw) if plan.finish else config


def bind_arguments(kind: str, args: Iterable[Any], kwargs: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Name what a call was given, in the order of the layer's `call`, and leave out what Keras fills in by itself.

    Left out are None (no mask, no initial state) and arguments at the default of the layer's `call`, because Keras
    writes some of those into the call and they cannot be told from the learner's. Positional values beyond the known
    names are called `arg2`, `arg3`, ... The values are passed through as they are: tensors, lists, constants.

    >>> bind_arguments("LSTM", ["x"], {"training": False, "mask": None, "initial_state": ["h", "c"]})
    [('sequences', 'x'), ('initial_state', ['h', 'c'])]
    >>> bind_arguments("ops.GetItem", ["x", None], {})
    [('x', 'x'), ('key', None)]
    """
    known = facts(kind)
    names = known.call_arguments
    bound = {names[i] if i < len(names) else f"arg{i + 1}": value for i, value in enumerate(args)}
    bound.update(kwargs)
    ordered = [name for name in names if name in bound] if kwargs else bound
    rest = [name for name in bound if name not in names] if kwargs else ()
    return [(name, bound[name]) for name in (*ordered, *sorted(rest)) if not _filled_in(known, name, bound[name])]


def handed_down(kind: str, kwargs: Mapping[str, Any], training: bool | None) -> Mapping[str, Any]:
    """The keywords of a call inside a model that was itself called with `training`.

    Keras hands `training` down to every layer that takes one and was not told otherwise.

    >>> handed_down("BatchNormalization", {}, False), handed_down("Flatten", {}, False)
    ({'training': False}, {})
    """
    told = kwargs.get("training") is not None
    if training is None or told or "training" not in facts(kind).call_arguments:
        return kwargs
    return {**kwargs, "training": training}


def owns(kind: str, config: Mapping[str, Json]) -> Literal["nothing", "randomness", "weights"]:
    """What a layer owns, given its configuration as `layer_config` returns it: sharing such a layer matters or not.

    >>> owns("TimeDistributed", {"layer": {"kind": "Flatten", "config": {}}})
    'nothing'
    >>> owns("Attention", {}), owns("Attention", {"use_scale": True}), owns("Attention", {"dropout": 0.1})
    ('nothing', 'weights', 'randomness')
    """
    known = facts(kind)
    if known.owns_by == "inside":
        inner = held(config)
        return owns(*inner) if inner else "weights"
    if known.owns_by == "scores":
        scaled = config.get("use_scale", known.parameters["use_scale"])
        if scaled or config.get("score_mode") == "concat":
            return "weights"
        return "randomness" if config.get("dropout") else "nothing"
    if known.owns_by == "scale and center" and config.get("scale") is False and config.get("center", True) is False:
        return "nothing"
    return known.owns


def is_opaque(kind: str, config: Mapping[str, Json]) -> bool:
    """Whether code that cannot be seen into takes part: a class that is not Keras' own, or a function that is not.

    >>> is_opaque("Dense", {"activation": "relu"}), is_opaque("Dense", {"activation": "lambda:0123456789abcdef"})
    (False, True)
    """
    return ">" in kind or kind == "Lambda" or any(map(_holds_code, config.values()))


def _holds_code(value: Json) -> bool:
    if isinstance(value, str):
        return value.startswith("lambda:") or ("#" in value and is_token(value))
    if isinstance(value, dict):
        return any(map(_holds_code, value.values()))
    return isinstance(value, list) and any(map(_holds_code, value))


def live_config(kind: str, thing: Any) -> Mapping[str, Any]:
    """What a live layer says of its parameters, its functions as they are: Keras tells no more of them than a name."""
    plan = _PLANS.get(kind) or _plan(kind)
    try:
        said = thing.get_config() if not plan.open else configuration(thing)
    except Exception:  # Keras cannot put a function into words, such as a partial one
        said = {one.name: getattr(thing, one.name, one.default) for one in plan.parameters}
        said["dtype"] = getattr(thing, "dtype_policy", None)
    functions = _functions(plan, thing, said)
    return {**said, **functions} if functions else said


def code_of(thing: Any) -> str:
    """The digest of the code of a live layer's class and of what it wraps; empty where all classes are Keras'."""
    held = [getattr(thing, name, None) for name in ("activation", "layer", "forward_layer", "cell")]
    types = [type(one) for one in (thing, *held) if one is not None and not isinstance(one, FunctionType)]
    own = [code for code in (class_code(cls, plain) for cls in types if not library(cls)) if code]
    return digested(own) if own else ""


def _functions(plan: _Plan, thing: Any, said: Mapping[str, Any]) -> dict[str, Any]:
    """The functions among a live layer's parameters, also those of a layer inside it."""
    names = said if plan.open else plan.functions
    found = {name: getattr(thing, name, None) for name in names if said.get(name) is not None}
    functions = {name: value for name, value in found.items() if _is_function(value)}
    for name in plan.inside:
        held, inner = said.get(name), getattr(thing, name, None) or getattr(thing, f"forward_{name}", None)
        if isinstance(held, Mapping) and isinstance(held.get("config"), Mapping) and inner is not None:
            kind = kind_of(type(inner).__module__, type(inner).__name__)
            deeper = _functions(_PLANS.get(kind) or _plan(kind), inner, held["config"])
            if deeper:
                functions[name] = {**held, "config": {**held["config"], **deeper}}
    return functions


def _is_function(value: Any) -> bool:
    return callable(value) and not isinstance(value, type) and not hasattr(value, "get_config")


# How the values of a parameter are spelled, by its name and default.


_COMPARED = frozenset({bool, int, float, str, tuple, type(None)})
"""Values that can be compared at once; an array, or a list that may hold one, is made plain first."""


class _Parameter(NamedTuple):
    name: str
    default: Json
    spelled: Any  # the default as a live layer may hold it
    normal: Callable[[Any], Json]


_FUNCTIONS = ("activation", "_regularizer", "_constraint", "function", "output_shape", "mask", "standardize", "split")


class _Plan(NamedTuple):
    parameters: tuple[_Parameter, ...]
    open: bool  # parameters that are not listed are kept
    has_dtype: bool
    functions: tuple[str, ...]  # parameters that may be functions
    inside: tuple[str, ...]  # parameters that hold a layer
    finish: Callable[[dict[str, Json], Mapping[str, Any]], dict[str, Json]] | None


def _plan(kind: str) -> _Plan:
    known = facts(kind)
    plan = _Plan(
        parameters=tuple(_parameter(known, name, default) for name, default in known.parameters.items()),
        open=not known.parameters and known.family == "custom",
        has_dtype="dtype" in known.parameters,
        functions=tuple(name for name in known.parameters if name.endswith(_FUNCTIONS)),
        inside=tuple(name for name in known.parameters if name in ("layer", "backward_layer", "cell")),
        finish=_FINISH.get(kind) or (_pooling if known.family == "pooling" else None),
    )
    if not plan.open:  # the kinds of strangers are not remembered: there may be any number
        _PLANS[kind] = plan
    return plan


def _parameter(known: Facts, name: str, default: Json) -> _Parameter:
    spelled = tuple(default) if isinstance(default, list) else default
    if default == "linear" or default == "channels_last":
        spelled = None
    elif name == "data_format":
        spelled = "channels_last"
    return _Parameter(name, default, spelled, _spelling(known, name, default))


def _spelling(known: Facts, name: str, default: Json) -> Callable[[Any], Json]:
    if name in ("activation", "recurrent_activation"):
        return _activation
    if name.endswith("_regularizer"):
        return _regulariser
    if name.endswith("_constraint"):
        return _described
    if parameter(name).type == "layer":
        return inner_layers(layer_config) if name in ("cells", "layers") else inner_layer(layer_config)
    if known.kind == "Dot" and name == "axes":
        return _one_for_both
    if name in ("axis", "axes"):
        return _single
    if name == "function" and known.family == "custom":
        return function_name
    if name == "dtype":
        return _policy_name
    axes = _axes(known.kind)
    if parameter(name).per_axis and axes:
        return lambda value: _per_axis(value, axes)
    if name in ("cropping", "padding") and axes and isinstance(default, list):
        return lambda value: _sides(value, axes)
    if isinstance(default, float) or (parameter(name).type == "number" and default is REQUIRED):
        return _float
    if isinstance(default, int) and not isinstance(default, bool):
        return _single
    return plain


def _axes(kind: str) -> int:
    """The number of spatial axes that a kind such as `Conv2DTranspose` names; 0 if none."""
    name = kind.removesuffix("Transpose")
    return int(name[-2]) if name[-1:] == "D" and name[-2:-1].isdecimal() else 0


def _per_axis(value: Any, axes: int) -> Json:
    return [value] * axes if type(value) is int else plain(value)


def _sides(value: Any, axes: int) -> Json:
    """Padding or cropping as Keras spells it out: before and after, for each spatial axis."""
    value = plain(value)
    if axes == 1:
        return [value, value] if type(value) is int else value
    if type(value) is int:
        value = [value] * axes
    if not isinstance(value, list):
        return value
    return [[side, side] if type(side) is int else side for side in value]


def _single(value: Any) -> Json:
    """A list of one is that one, as in `axis=[-1]`."""
    value = plain(value)
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _one_for_both(value: Any) -> Json:
    """A pair of the same axis is that axis, as in `Dot(axes=(1, 1))`."""
    value = _single(value)
    return value[0] if isinstance(value, list) and value[1:] == value[:1] else value


def _float(value: Any) -> Json:
    return number(float(value)) if type(value) in (int, float) else plain(value)


def _policy_name(value: Any) -> Json:
    if isinstance(value, str) or value is None:
        return value
    described = named_object(value)
    if described is not None and isinstance(described[1].get("name"), str):
        return described[1]["name"]
    name = getattr(value, "name", None)
    return name if isinstance(name, str) else plain(value)


def _policy(value: Any) -> Json:
    """The dtype policy unless it is the usual one."""
    if value is None or value == "float32":
        return None
    name = _policy_name(value)
    return None if name == "float32" else name


_ALIASES = {
    None: "linear",
    "swish": "silu",
    "hard_swish": "hard_silu",
    "softmax_v2": "softmax",  # so `tf.nn.softmax` calls itself
    "log_softmax_v2": "log_softmax",
}

_OPERATIONS: Mapping[str, Json] = {
    "gelu#keras.ops": {"kind": "ops.Gelu", "config": {}},  # approximate, which `keras.activations.gelu` is not
    "exp#keras.ops": "exponential",
}
_AS_KERAS = re.compile(
    r"(?:(?:relu6?|softmax|sigmoid|tanh|elu|selu|silu|swish|softplus|softsign|log_softmax)#(?:tensorflow|jax|torch)\.\S*"
    r"|(?:softmax_v2|log_softmax_v2|gelu|leaky_relu)#tensorflow\.\S*)"
)
"""Functions of the backends that compute what Keras' of that name does when nothing but the tensor is given."""


def _activation(value: Any) -> Json:
    """An activation by name; one with parameters of its own as kind and config."""
    if value is None or isinstance(value, str):
        return _ALIASES.get(value, value)
    described = named_object(value)
    if described is None:
        return _function(function_name(value))
    module: str | None = type(value).__module__
    registered: str | None = None
    if isinstance(value, Mapping):
        if described[0] == "__lambda__":
            return function_name(value)
        module, registered = value.get("module"), value.get("registered_name")
    kind = kind_of(module, described[0], registered)
    return {"kind": kind, "config": layer_config(kind, described[1])}


def _function(token: str) -> Json:
    """An activation given as a function: by Keras' name for it, where it is Keras' own or computes the same."""
    if token in _OPERATIONS:
        return _OPERATIONS[token]
    name = bare(token)
    if token == f"{name}#keras.activations" or (token == f"{name}#keras.ops" and name in ACTIVATIONS):
        return _ALIASES.get(name, name)
    return _ALIASES.get(name, name) if _AS_KERAS.fullmatch(token) else token


_REGULARISERS: Mapping[str, Json] = {
    "l1": {"L1": {"l1": 0.01}},
    "l2": {"L2": {"l2": 0.01}},
    "l1l2": {"L1L2": {"l1": 0.01, "l2": 0.01}},
}


def _regulariser(value: Any) -> Json:
    """A regulariser as class and strengths; one of strength zero is none, and one of two zeros is the other."""
    described = _REGULARISERS.get(value) if isinstance(value, str) else _described(value)
    if not isinstance(described, dict):
        return described if described is not None else value
    (name, strengths), *_ = described.items()
    if name not in ("L1", "L2", "L1L2"):
        return described
    given = {kind: amount for kind, amount in strengths.items() if amount}
    return {"".join(kind.upper() for kind in sorted(given)): given} if given else None


def _described(value: Any) -> Json:
    """A regulariser or constraint as its class and parameters."""
    if value is None or isinstance(value, str):
        return value
    described = named_object(value)
    if described is None:
        return function_name(value)
    return {described[0]: {str(name): plain(item) for name, item in described[1].items() if name != "name"}}


_NOISE = frozenset({"name", "trainable", "dtype", "seed", "build_config", "quantization_config"})


def _unlisted(raw: Mapping[str, Any]) -> dict[str, Json]:
    """All that a class nobody knows says about itself."""
    return {
        str(name): plain(value)
        for name, value in raw.items()
        if name not in _NOISE and not str(name).endswith("_initializer") and value is not None
    }


# What one parameter says about another.


def _input(config: dict[str, Json], raw: Mapping[str, Any]) -> dict[str, Json]:
    """An input's shape with the batch first, whatever it was given as."""
    shape = raw.get("batch_shape")
    if shape is None and raw.get("shape") is not None:
        shape = raw["shape"] if "batch_size" not in raw else [raw["batch_size"], *raw["shape"]]
    config.pop("batch_size", None)
    flags = {name: True for name in ("sparse", "ragged", "optional") if config.pop(name, False)}
    config.pop("shape", None)
    return {"shape": plain(shape), **config, **flags} if shape is not None else {**config, **flags}


def _pooling(config: dict[str, Json], raw: Mapping[str, Any]) -> dict[str, Json]:
    """Strides are the pool size unless given."""
    if "strides" in config:
        kind_default = [2] * len(config["strides"]) if isinstance(config["strides"], list) else None
        if config["strides"] == config.get("pool_size", kind_default):
            del config["strides"]
    return config


def _bidirectional(config: dict[str, Json], raw: Mapping[str, Any]) -> dict[str, Json]:
    """The backward layer is the forward one turned round unless given."""
    forward, backward = config.get("layer"), config.get("backward_layer")
    if isinstance(forward, dict) and isinstance(backward, dict) and backward.get("kind") == forward.get("kind"):
        turned = dict(backward.get("config", {}))
        if turned.get("go_backwards"):
            del turned["go_backwards"]
        else:
            turned["go_backwards"] = True
        if turned == forward.get("config"):
            del config["backward_layer"]
    return config


def _attention_heads(config: dict[str, Json], raw: Mapping[str, Any]) -> dict[str, Json]:
    """Values are as wide as keys unless given."""
    if config.get("value_dim") == config.get("key_dim"):
        config.pop("value_dim", None)
    return config


def _lambda(config: dict[str, Json], raw: Mapping[str, Any]) -> dict[str, Json]:
    """Keras writes no arguments as an empty dict."""
    if not config.get("arguments"):
        config.pop("arguments", None)
    return config


def _mel(config: dict[str, Json], raw: Mapping[str, Any]) -> dict[str, Json]:
    """The window is as long as the transform, and the highest pitch half the sampling rate, unless given."""
    if config.get("sequence_length") == config.get("fft_length", 2048):
        config.pop("sequence_length", None)
    if config.get("max_freq") == config.get("sampling_rate", 16000) / 2:
        config.pop("max_freq", None)
    return config


_FINISH: Mapping[str, Callable[[dict[str, Json], Mapping[str, Any]], dict[str, Json]]] = {
    "Input": _input,
    "Lambda": _lambda,
    "Bidirectional": _bidirectional,
    "MultiHeadAttention": _attention_heads,
    "MelSpectrogram": _mel,
}
_PLANS: dict[str, _Plan] = {}


# The arguments of calls.


def _filled_in(known: Facts, name: str, value: Any) -> bool:
    if value is None:
        return known.kind != "ops.GetItem"
    return isinstance(value, bool) and known.call_defaults.get(name) is value
