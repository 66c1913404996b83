"""No text in a topology can become code, whatever it is; and idiomatic code looks as people write it."""

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerastutor.formats.source import NotSequential, NotWritable, functional, sequential
from kerastutor.topology.graph import Argument, Call, Layer, Port, Ref, Scope, Topology

HOSTILE = [
    'x"); __import__("os").system("echo gone") #',
    "'''\nimport os\n'''",
    'a\\"\nimport os\n#',
    "relu\r\nimport os",
    "{__import__('os')}",
    "${x}",
    "class",
    "None",
    "keras",
    "x",
    "outputs",
    "\u2028import os",
    "ｉｍｐｏｒｔ",
    "\x00",
    " " * 30,
    "a" * 5000,
    "é",
    "٣",
]
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20))
plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
kinds = st.one_of(
    st.sampled_from(["Dense", "Lambda", "ops.Add", "ops.GetItem", "Bidirectional", "a>b", "Conv2D"]), texts
)


def chain(name, kind, config, slot="inputs", extra=None, key=None, scope=""):
    """An input, one layer with everything hostile, and a dense layer."""
    arguments = [Argument(slot, Ref("in"))]
    if extra is not None:
        arguments.append(Argument(name or "extra", extra))
    inside = (scope,) if scope else ()
    return Topology(
        layers=(
            Layer("in", "Input", name=name, config={"shape": [None, 4]}),
            Layer("odd", kind, name=name, config=config),
            Layer("last", "Dense", name=f"{name}_last", config={"units": 2}, owns="weights"),
        ),
        calls=(
            Call("in", "in"),
            Call("odd", "odd", tuple(arguments), scope=inside),
            Call("last", "last", (Argument("inputs", Ref("odd")),)),
        ),
        inputs=(Port(Ref("in"), key),),
        outputs=(Port(Ref("last"), key),),
        name=name,
        scopes=(Scope(scope, name, "Sequential", scope),) if scope else (),
        partial=name or None,
    )


ALLOWED_CALLS = {"keras", "layers", "ops", "np", "float", "slice", "abs"}


def assert_harmless(source):
    """It parses, and what it calls is Keras' own or one of the program's own variables."""
    tree = ast.parse(source)
    assigned = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    imported = {a.name for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom)) for a in n.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            root = node.func
            while isinstance(root, (ast.Attribute, ast.Call)):
                root = root.value if isinstance(root, ast.Attribute) else root.func
            assert isinstance(root, ast.Name)
            assert root.id in ALLOWED_CALLS | assigned | imported or f"# {root.id} is a " in source
    for node in tree.body:
        assert isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign)), ast.dump(node)
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= {"keras", "numpy"}
    assert "__import__" not in {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}


def check(topology):
    for write in (functional, sequential):
        try:
            source = write(topology)
        except (NotWritable, NotSequential):
            continue
        assert_harmless(source)


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_text_everywhere(evil):
    check(chain(evil, "Dense", {"units": 3, "activation": evil, evil: evil}, key=evil))
    check(chain(evil, "Lambda", {"function": evil}))
    check(chain("odd", "Dense", {"kernel_regularizer": {evil: {evil: evil}}, "dtype": evil, "units": [evil]}))
    check(chain(evil, evil, {}))
    check(chain(evil, f"{evil}>{evil}", {evil: 1}))
    check(chain(evil, f"ops.{evil}", {evil: 1}))
    check(chain(evil, "Dense", {"units": 3}, slot=f"inputs.{evil}", extra={"array": [evil], "dtype": evil}))
    check(chain(evil, "TimeDistributed", {"layer": {"kind": evil, "config": {"name": evil}}}, scope=evil))
    check(chain(evil, "ops.GetItem", {}, slot="x", extra=[{"slice": [evil, evil, evil]}, evil]))


@given(name=texts, kind=kinds, config=st.dictionaries(texts, plain, max_size=3), slot=texts, extra=plain, key=texts)
def test_no_topology_becomes_code(name, kind, config, slot, extra, key):
    check(chain(name, kind, config, slot=slot, extra=extra, key=key or None))


def test_idiomatic_functional_code():
    x = Layer("image", "Input", config={"shape": [None, 28, 28, 1]})
    conv = Layer("conv2d", "Conv2D", config={"filters": 8, "kernel_size": [3, 3], "activation": "relu"}, owns="weights")
    same = Layer("conv2d_1", "Conv2D", config={"filters": 8, "kernel_size": [3, 1], "padding": "same"}, owns="weights")
    head = Layer("scores", "Dense", config={"units": 10, "kernel_regularizer": {"L2": {"l2": 0.01}}}, owns="weights")
    layers = (x, conv, same, Layer("add", "Add"), Layer("flatten", "Flatten"), head)
    calls = (
        Call("image", "image"),
        Call("conv2d", "conv2d", (Argument("inputs", Ref("image")),)),
        Call("conv2d_1", "conv2d_1", (Argument("inputs", Ref("conv2d")),)),
        Call("add", "add", (Argument("inputs.0", Ref("conv2d_1")), Argument("inputs.1", Ref("conv2d")))),
        Call("flatten", "flatten", (Argument("inputs", Ref("add")),)),
        Call("scores", "scores", (Argument("inputs", Ref("flatten")),)),
    )
    topology = Topology(layers, calls, (Port(Ref("image")),), (Port(Ref("scores")),), name="digits")
    assert functional(topology) == (
        "import keras\n"
        "from keras import layers\n"
        "\n"
        'image = keras.Input(shape=(28, 28, 1), name="image")\n'
        'conv2d = layers.Conv2D(8, 3, activation="relu")(image)\n'
        'x = layers.Conv2D(8, (3, 1), padding="same")(conv2d)\n'
        "x = layers.Add()([x, conv2d])\n"
        "x = layers.Flatten()(x)\n"
        'outputs = layers.Dense(10, kernel_regularizer=keras.regularizers.L2(l2=0.01), name="scores")(x)\n'
        'model = keras.Model(image, outputs, name="digits")\n'
    )
    with pytest.raises(NotSequential, match="cannot be a Sequential") as refused:
        sequential(topology)
    assert {reason.kind for reason in refused.value.reasons} >= {"branch", "merge"}


def test_idiomatic_sequential_code():
    topology = chain("", "Dense", {"units": 3, "activation": "relu"})
    topology = Topology(topology.layers, topology.calls, topology.inputs, topology.outputs, name="sequential_3")
    assert json.dumps(sequential(topology)).count("Dense") == 2
    assert sequential(topology) == (
        "import keras\n"
        "from keras import layers\n"
        "\n"
        "model = keras.Sequential([\n"
        '    keras.Input(shape=(4,), name="in"),\n'
        '    layers.Dense(3, activation="relu", name="odd"),\n'
        '    layers.Dense(2, name="_last"),\n'
        "])\n"
    )
