"""Can it be a Sequential: labelled networks, each with the reasons that must be given and no other."""

import pytest

from kerastutor.topology.graph import Ref
from kerastutor.topology.sequential import steps, why_not_sequential
from kerastutor.topology.wording import Arrow

RESIDUAL = "x = Input(); a = Dense()(x); b = Dense()(a); s = Add()([a, b])"

CAN_BE = {
    "one layer": "x = Input(); y = Dense()(x)",
    "a stack": "x = Input(); a = Conv2D()(x); b = MaxPooling2D()(a); c = Flatten()(b); d = Dense()(c)",
    "a custom layer": "x = Input(); a = Own(_kind='shop>Own')(x); y = Dense()(a)",
    "an activation operation": "x = Input(); a = Dense()(x); r = ops.Relu()(a); y = Dense()(r)",
    "exact gelu": "x = Input(); a = ops.Gelu(approximate=False)(x); y = Dense()(a)",
    "a call that reaches no output": ("x = Input(); a = Dense()(x); lost = Dense()(a); y = Dense()(a)", "y"),
    "a lost merge": ("x = Input(); a = Dense()(x); lost = Add()([a, x]); y = Dense()(a)", "y"),
    "a lost second call": ("x = Input(); a = Dense()(x); lost = a.again(a)", "a"),
    "a nested chain": "x = Input(); a = Dense(_scope='body')(x); b = Dense(_scope='body')(a); y = Dense()(b)",
    "a nested skip": "x = Input(); a = Dense(_scope='body')(x); s = Add(_scope='body')([a, x]); y = Dense()(s)",
    "a nested branch": "x = Input(); a = Dense(_scope='m')(x); b = Dense(_scope='m')(x); s = Add(_scope='m')([a, b])",
    "a layer shared inside a nested model": (
        "x = Input(); a = Dense(_scope='m')(x); b = Dense(_scope='m', _id='a')(a); y = Dense()(b)"
    ),
    "a weightless layer used twice": "x = Input(); r = ReLU()(x); a = Dense()(r); s = r.again(a)",
    "dropout used twice": "x = Input(); r = Dropout()(x); a = Dense()(r); s = r.again(a)",
    "states returned at the end": ("x = Input(); o, h, c = LSTM(return_state=True)(x)", "o h c"),
    "an argument that is None": "x = Input(); a = LSTM()(x, mask=None)",
    "a wrapper": "x = Input(); a = Bidirectional(_owns='weights')(x); b = Dense()(a)",
}

CANNOT_BE = {
    "two inputs": ("x = Input(); z = Input(); a = Concatenate()([x, z])", "", "several_inputs merge"),
    "an unused input": ("x = Input(); z = Input(); a = Dense()(x)", "", "several_inputs"),
    "three inputs": (
        "x = Input(); y = Input(); z = Input(); a = Concatenate()([x, y, z])",
        "",
        "several_inputs merge",
    ),
    "two outputs": ("x = Input(); a = Dense()(x); b = Dense()(a)", "a b", "several_outputs"),
    "two heads": ("x = Input(); a = Dense()(x); b = Dense()(x)", "a b", "branch several_outputs"),
    "one tensor twice out": ("x = Input(); a = Dense()(x)", "a a", "several_outputs"),
    "a named output": ("x = Input(); a = Dense()(x)", "score=a", "named_output"),
    "a residual": (RESIDUAL, "", "branch skip merge"),
    "a residual in two lines": (RESIDUAL + "; y = Dense()(s)", "", "branch skip merge"),
    "a residual by an operator": (
        "x = Input(); a = Dense()(x); b = Dense()(a); s = ops.Add()(a, b)",
        "",
        "branch skip merge",
    ),
    "a projection": (
        "x = Input(); a = Dense()(x); b = Dense()(a); p = Dense()(x); s = Add()([p, b])",
        "",
        "branch merge",
    ),
    "an inception": ("x = Input(); a = Conv2D()(x); b = Conv2D()(x); s = Concatenate()([a, b])", "", "branch merge"),
    "a tensor with itself": ("x = Input(); s = Multiply()([x, x])", "", "merge"),
    "a square": ("x = Input(); s = ops.Multiply()(x, x)", "", "merge"),
    "a list of one": ("x = Input(); s = Concatenate()([x])", "", "merge"),
    "dense connections": (
        "x = Input(); a = Dense()(x); b = Concatenate()([x, a]); c = Dense()(b); d = Concatenate()([b, c])",
        "",
        "branch skip branch skip merge merge",
    ),
    "a long skip over a branch": (
        "x = Input(); a = Dense()(x); b = Dense()(x); m = Add()([a, b]); s = Add()([m, x])",
        "",
        "branch skip merge merge",
    ),
    "a shared layer": ("x = Input(); a = Dense()(x); b = a.again(a)", "", "shared_layer"),
    "a layer three times": ("x = Input(); a = Dense()(x); b = a.again(a); c = a.again(b)", "", "shared_layer"),
    "siamese": (
        "x = Input(); z = Input(); a = Dense()(x); b = a.again(z); s = Subtract()([a, b])",
        "",
        "several_inputs shared_layer merge",
    ),
    "self attention": ("x = Input(); a = MultiHeadAttention()(x, value=x)", "", "extra_arguments"),
    "an attention list": ("x = Input(); a = Dense()(x); t = Attention()([a, x])", "", "branch skip merge"),
    "training given": ("x = Input(); a = Dropout()(x, training=True)", "", "extra_arguments"),
    "a state passed on": (
        "x = Input(); o, h, c = LSTM()(x); d = LSTM()(x, initial_state=[h, c])",
        "",
        "branch skip several_tensors extra_arguments",
    ),
    "states dropped midway": ("x = Input(); o, h, c = LSTM()(x); y = Dense()(o)", "", "several_tensors"),
    "states dropped at the end": (("x = Input(); o, h, c = LSTM()(x)"), "o", "several_tensors"),
    "states in another order": ("x = Input(); o, h = GRU()(x)", "h o", "several_tensors several_outputs"),
    "slicing": ("x = Input(); a = ops.GetItem()(x, 3); y = Dense()(a)", "", "operation"),
    "scaling": ("x = Input(); a = ops.Multiply()(x, 2); y = Dense()(a)", "", "operation"),
    "approximate gelu": ("x = Input(); a = ops.Gelu()(x)", "", "operation"),
    "softmax on another axis": ("x = Input(); a = ops.Softmax(axis=1)(x)", "", "operation"),
    "a nested model of two inputs": (
        "x = Input(); a = Dense()(x); s = Add(_scope='m')([a, x])",
        "",
        "branch skip merge",
    ),
    "a nested model of two outputs": (
        "x = Input(); a = Dense(_scope='m')(x); b = Dense(_scope='m')(x); s = Add()([a, b])",
        "",
        "several_tensors merge",
    ),
    "a shared nested model": (
        "x = Input(); a = Dense(_scope='m')(x); b = Dense(_scope='m')(a); "
        "c = Dense(_scope='m#2', _id='a')(b); d = Dense(_scope='m#2', _id='b')(c)",
        "",
        "shared_layer",
    ),
    "an inner layer used outside": ("x = Input(); a = Dense(_scope='m')(x); b = Dense(_id='a')(a)", "", "shared_layer"),
    "no layers": ("x = Input()", "x", "no_layers"),
}


@pytest.mark.parametrize("name", CAN_BE)
def test_can_be_a_sequential(net, name: str) -> None:
    written = CAN_BE[name]
    topology = net(*((written,) if isinstance(written, str) else written))
    assert why_not_sequential(topology) == ()


@pytest.mark.parametrize("name", CANNOT_BE)
def test_cannot_be_a_sequential(net, name: str) -> None:
    text, outputs, kinds = CANNOT_BE[name]
    topology = net(text, outputs)
    reasons = why_not_sequential(topology)
    assert " ".join(reason.kind for reason in reasons) == kinds
    for reason in reasons:
        assert reason.sentence[0].isupper() or reason.sentence[0] == "`"
        assert reason.sentence.endswith(".")
        assert set(reason.calls) <= set(topology.call)
        assert all(arrow in _arrows(topology) for arrow in reason.arrows)


def _arrows(topology) -> set[Arrow]:
    return {
        Arrow(value, call.id, slot)
        for call in topology.calls
        for slot, value in call.arguments
        if isinstance(value, Ref)
    }


def test_a_dict_input_is_named(net) -> None:
    (reason,) = why_not_sequential(net("x = Input(); y = Dense()(x)", inputs="image=x"))
    assert (reason.kind, reason.calls) == ("named_input", ("x",))


def test_a_part_of_a_model_is_never_said_to_be_a_stack(net) -> None:
    (reason,) = why_not_sequential(net("x = Input(); y = Dense()(x)", partial="`call` has a loop."))
    assert reason.kind == "partial"


def test_the_skip_is_one_arrow_and_its_sentence_names_both_ends(net) -> None:
    reasons = why_not_sequential(net(RESIDUAL))
    skip = next(reason for reason in reasons if reason.kind == "skip")
    assert skip.arrows == (Arrow(Ref("a"), "s", "inputs.0"),)
    assert skip.sentence == "The arrow from `a` to `s` skips `b`; a Sequential has no arrow past a layer."


def test_calls_of_a_shared_layer_are_told_apart(net) -> None:
    text = "x = Input(); a = Dense()(x); b = a.again(x); s = Add()([a, b])"
    branch = why_not_sequential(net(text))[0]
    assert "the first call of `a` and the second call of `a`" in branch.sentence


def test_the_steps_of_a_stack_name_nested_models_whole(net) -> None:
    text = "x = Input(); a = Dense(_scope='m')(x); s = Add(_scope='m')([a, x]); lost = Dense()(s); y = Dense()(s)"
    found = {step: [call.id for call in calls] for step, calls in steps(net(text)).items()}
    assert found == {"x": ["x"], "m": ["a", "s"], "y": ["y"]}


def test_the_same_layers_in_a_nested_model_of_depth_two_are_one_step(net) -> None:
    text = "x = Input(); a = Dense(_scope='m')(x); s = Add(_scope='m inner')([a, x]); y = Dense()(s)"
    assert why_not_sequential(net(text)) == ()


def test_a_long_chain_is_answered_quickly(net) -> None:
    text = "x0 = Input()\n" + "\n".join(f"x{n} = Dense()(x{n - 1})" for n in range(1, 2_000))
    assert why_not_sequential(net(text)) == ()
