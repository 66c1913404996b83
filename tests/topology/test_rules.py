"""Each rule equates what it says, only that, and only while it is switched on."""

from dataclasses import replace

import pytest

from kerastutor.topology.graph import Tensor
from kerastutor.topology.sameness.canonical import equal
from kerastutor.topology.sameness.rules import ALL, DEFAULT, MOST_TERMS, normalise

SPELLINGS = {
    "operators": (
        "x = Input(); y = Dense(units=4)(x); z = Add()([x, y])",
        "x = Input(); y = Dense(units=4)(x); z = ops.Add()(x, y)",
    ),
    "fused_activation": (
        "x = Input(); y = Dense(units=4, activation='relu')(x)",
        "x = Input(); h = Dense(units=4)(x); y = Activation(activation='relu')(h)",
    ),
    "activation_spelling": ("x = Input(); y = ReLU()(x)", "x = Input(); y = Activation(activation='relu')(x)"),
    "linear_activation": (
        "x = Input(); h = Activation(activation='linear')(x); y = Dense(units=2)(h)",
        "x = Input(); y = Dense(units=2)(x)",
    ),
    "flatten_reshape": (
        "x = Input(shape=[None, 4, 4]); y = Flatten()(x)",
        "x = Input(shape=[None, 4, 4]); y = Reshape(target_shape=[16])(x)",
    ),
    "axis_spelling": (
        "x = Input(shape=[None, 4]); a = Dense(units=2)(x); y = Concatenate(axis=1)([x, a])",
        "x = Input(shape=[None, 4]); a = Dense(units=2)(x); y = Concatenate()([x, a])",
    ),
    "batch_size": ("x = Input(shape=[2, 4]); y = Dense()(x)", "x = Input(shape=[None, 4]); y = Dense()(x)"),
    "constant_spelling": ("x = Input(); y = ops.Multiply()(x, 2.0)", "x = Input(); y = ops.Multiply()(x, 2)"),
    "implied_key": (
        "x = Input(shape=[None, 4, 8]); y = Input(shape=[None, 4, 8]); z = Attention()([x, y, y])",
        "x = Input(shape=[None, 4, 8]); y = Input(shape=[None, 4, 8]); z = Attention()([x, y])",
    ),
    "stateless_sharing": (
        "x = Input(); a = Dropout(rate=0.5)(x); b = Dense(units=2)(a); y = a.again(b)",
        "x = Input(); a = Dropout(rate=0.5)(x); b = Dense(units=2)(a); y = Dropout(rate=0.5)(b)",
    ),
    "duplicate_calls": (
        "x = Input(); a = ReLU()(x); b = Dense(units=2)(a); y = Concatenate()([a, b])",
        "x = Input(); a = ReLU()(x); c = ReLU()(x); b = Dense(units=2)(c); y = Concatenate()([a, b])",
    ),
    "merge_order": (
        "x = Input(); a = Dense(units=4)(x); y = Average()([a, x])",
        "x = Input(); a = Dense(units=4)(x); y = Average()([x, a])",
    ),
    "merge_grouping": (
        "x = Input(); a = Dense(units=4)(x); b = Dense(units=4)(a); c = Add()([x, a]); y = Add()([c, b])",
        "x = Input(); a = Dense(units=4)(x); b = Dense(units=4)(a); y = Add()([x, a, b])",
    ),
    "integer_inputs": (
        "x = Input(dtype='int32'); y = Embedding(input_dim=9)(x)",
        "x = Input(); y = Embedding(input_dim=9)(x)",
    ),
    "unreached_calls": (
        "x = Input(); a = Dense(units=2)(x); lost = Dense(units=3)(a); y = Dense(units=4)(a)",
        "x = Input(); a = Dense(units=2)(x); y = Dense(units=4)(a)",
    ),
}


def test_every_rule_has_a_spelling():
    assert set(SPELLINGS) == ALL


@pytest.mark.parametrize("rule", sorted(ALL))
def test_a_rule_equates_until_it_is_switched_off(net, rule):
    first, second = (net(text) for text in SPELLINGS[rule])
    assert equal(first, second)
    assert not equal(first, second, DEFAULT.without(rule))


def test_an_unknown_rule_is_named():
    with pytest.raises(ValueError, match="no rule named 'colours'; the rules are"):
        DEFAULT.without("colours")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("x = Input(); y = LeakyReLU()(x)", "x = Input(); y = Activation(activation='leaky_relu')(x)"),
        ("x = Input(); y = ops.Gelu()(x)", "x = Input(); y = Activation(activation='gelu')(x)"),
        (
            "x = Input(); y = Dense(units=4, activation='relu', activity_regularizer={'L2': {'l2': 0.1}})(x)",
            "x = Input(); h = Dense(units=4, activity_regularizer={'L2': {'l2': 0.1}})(x); y = ReLU()(h)",
        ),
        (
            "x = Input(shape=[None, 4, 4]); a = Dense(units=4)(x); y = Concatenate(axis=1)([x, a])",
            "x = Input(shape=[None, 4, 4]); a = Dense(units=4)(x); y = Concatenate()([x, a])",
        ),
        ("x = Input(dtype='int32'); y = ops.Multiply()(x, 2.0)", "x = Input(dtype='int32'); y = ops.Multiply()(x, 2)"),
        (
            "x = Input(dtype='int32'); e = Embedding(input_dim=9)(x); y = ops.Multiply()(x, e)",
            "x = Input(); e = Embedding(input_dim=9)(x); y = ops.Multiply()(x, e)",
        ),
        ("x = Input(); y = ops.Subtract()(x, 1)", "x = Input(); y = ops.Subtract()(1, x)"),
        (
            "x = Input(); a = BatchNormalization()(x); b = BatchNormalization()(x); y = Add()([a, b])",
            "x = Input(); a = BatchNormalization()(x); y = Add()([a, a])",
        ),
        (
            "x = Input(); a = Dense()(x); b = Average()([x, a]); c = Dense(units=4)(b); y = Average()([b, c])",
            "x = Input(); a = Dense()(x); b = Average()([x, a]); c = Dense(units=4)(b); y = Average()([x, a, c])",
        ),
        (
            "x = Input(); a = Dense(units=4)(x); b = Maximum()([x, a]); y = Add()([b, a])",
            "x = Input(); a = Dense(units=4)(x); y = Add()([x, a, a])",
        ),
        (
            "x = Input(shape=[None, 8, 8, 16]); s = Input(shape=[None, 16]); y = ops.Multiply()(x, s)",
            "x = Input(shape=[None, 8, 8, 16]); s = Input(shape=[None, 16]); y = Multiply()([x, s])",
        ),
        (
            "x = Input(shape=[None, 4, 4]); h, c = LSTM(units=4)(x); y = ops.Subtract()(x, c)",
            "x = Input(shape=[None, 4, 4]); h, c = LSTM(units=4)(x); y = Subtract()([x, c])",
        ),
        (
            "x = Input(); a = Lambda()(x); b = Lambda(function=1)(x); y = ops.Add()(a, b)",
            "x = Input(); a = Lambda()(x); b = Lambda(function=1)(x); y = Add()([a, b])",
        ),
        (
            "x = Input(shape=[None, 4]); y = ops.ExpandDims(axis=1)(x)",
            "x = Input(shape=[None, 4]); y = ops.ExpandDims(axis=-1)(x)",
        ),
        (
            "x = Input(shape=[None, 4]); m = Input(shape=[None, 4, 4]); y = Dot(axes=1)([x, m])",
            "x = Input(shape=[None, 4]); m = Input(shape=[None, 4, 4]); y = Dot(axes=-1)([x, m])",
        ),
        (
            "x = Input(shape=[None, 4]); z = Input(shape=[None, 4]); y = ops.Tensordot(axes=1)(x1=x, x2=z)",
            "x = Input(shape=[None, 4]); z = Input(shape=[None, 4]); y = ops.Tensordot(axes=-1)(x1=x, x2=z)",
        ),
    ],
)
def test_what_only_looks_like_a_spelling(net, first, second):
    assert not equal(net(first), net(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "x = Input(shape=[None, 8, 8, 16]); s = Input(shape=[None, 16]); y = ops.Multiply()(x, s)",
            "x = Input(shape=[None, 8, 8, 16]); s = Input(shape=[None, 16]); y = ops.Multiply()(s, x)",
        ),
        (
            "x = Input(shape=[None, 4, 4]); s, h, c = LSTM(units=4)(x); y = ops.Add()(h, c)",
            "x = Input(shape=[None, 4, 4]); s, h, c = LSTM(units=4)(x); y = Add()([c, h])",
        ),
        ("x = Input(); a = Lambda()(x); y = ops.Add()(a, a)", "x = Input(); a = Lambda()(x); y = Add()([a, a])"),
        ("x = Input(shape=None); y = ops.Multiply()(x, 2)", "x = Input(shape=None); y = ops.Multiply()(2, x)"),
        (
            "x = Input(shape=[None, 4]); y = ops.ExpandDims(axis=2)(x)",
            "x = Input(shape=[None, 4]); y = ops.ExpandDims(axis=-1)(x)",
        ),
        (
            "x = Input(shape=[None, 4]); z = Input(shape=[None, 4]); y = Dot(axes=1)([x, z])",
            "x = Input(shape=[None, 4]); z = Input(shape=[None, 4]); y = Dot(axes=-1)([x, z])",
        ),
    ],
)
def test_what_is_a_spelling_though_axes_differ(net, first, second):
    assert equal(net(first), net(second))


def test_an_operator_lines_up_tensors_whose_axes_the_reader_saw(net):
    operator, layer = (
        net(f"x = Input(); a = Lambda()(x); b = Lambda(function=1)(x); y = {merge}")
        for merge in ("ops.Add()(a, b)", "Add()([a, b])")
    )
    seen = [with_axes(network, 3, 3) for network in (operator, layer)]
    assert equal(*seen)
    unlike = [with_axes(network, 3, 2) for network in (operator, layer)]
    assert not equal(*unlike)


def with_axes(topology, first, second):
    """The same network where the two Lambdas return tensors of so many axes."""
    axes = {"a": first, "b": second}
    calls = tuple(
        replace(call, outputs=(Tensor((None, *[4] * (axes[call.id] - 1))),)) if call.id in axes else call
        for call in topology.calls
    )
    return replace(topology, calls=calls)


def doubled(net, kind, times):
    """`c = Concatenate()([c, c])`, so often."""
    lines = "; ".join(f"c{n + 1} = {kind}()([c{n}, c{n}])" for n in range(times))
    return net(f"c0 = Input(shape=[None, 4]); {lines}")


@pytest.mark.parametrize("kind", ["Add", "Concatenate"])
def test_a_merge_of_merges_is_not_written_out_without_end(net, kind):
    network = doubled(net, kind, 16)
    nodes = normalise(network).nodes.values()
    assert max(len(node.arguments) for node in nodes) <= MOST_TERMS
    assert equal(network, doubled(net, kind, 16))
    assert not equal(network, doubled(net, kind, 15))


def test_a_dense_block_is_one_however_its_tensors_are_gathered(net):
    """Each layer takes all before it: from the last Concatenate, or from a new one of all of them."""
    gathered, listed = ["x = Input(shape=[None, 4]); c0 = Identity()(x)"], ["x = Input(shape=[None, 4])"]
    for n in range(40):
        gathered.append(f"d{n} = Dense(units=2)(c{n}); c{n + 1} = Concatenate()([c{n}, d{n}])")
        taken = ", ".join(["x", *(f"d{before}" for before in range(n))])
        listed.append(
            f"c{n} = Concatenate()([{taken}]); d{n} = Dense(units=2)(c{n})" if n else "d0 = Dense(units=2)(x)"
        )
    everything = ", ".join(["x", *(f"d{n}" for n in range(40))])
    listed.append(f"y = Concatenate()([{everything}])")
    assert equal(net("; ".join(gathered)), net("; ".join(listed)))


def test_a_normal_form_names_where_each_node_comes_from(net):
    network = net("x = Input(); y = Dense(units=4, activation='relu')(x)")
    assert {node.id: node.origin for node in normalise(network).nodes.values()} == {
        "x": "x",
        "y": "y",
        "y~activation": "y",
    }


def test_a_normal_form_is_a_topology_equal_to_its_origin(net):
    network = net("x = Input(); a = Dense(units=4, activation='relu')(x); y = ops.Add()(a, x)")
    assert equal(normalise(network).to_topology(), network)
