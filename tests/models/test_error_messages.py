"""Of a long message, the line that tells the reason."""

import pytest

from kerastutor.models.error_messages import sentence, telling

LABELS = """Graph execution error:

Detected at node compile_loss/sparse_categorical_crossentropy defined at (most recent call last):
  File "/usr/lib/python3/threading.py", line 1002, in _bootstrap

Received a label value of 7 which is outside the valid range of [0, 3).  Label values: 5 6 6 7
\t [[{{node compile_loss/sparse_categorical_crossentropy}}]] [Op:__inference_multi_step_on_iterator_1149]"""

OWN_DATA = """Graph execution error:

Detected at node PyFunc defined at (most recent call last):
<stack traces unavailable>
ValueError: bad file 3
Traceback (most recent call last):

  File "/home/me/data.py", line 9, in __getitem__
    if i == 3: raise ValueError("bad file 3")

ValueError: bad file 3


\t [[{{node PyFunc}}]]
\t [[IteratorGetNext]] [Op:__inference_multi_step_on_iterator_550]"""

SEVERAL = """Graph execution error:

2 root error(s) found.
  (0) INVALID_ARGUMENT:  indices[3] = 12 is not in [0, 10)
\t [[{{node embedding}}]]"""

WIDTH = """Exception encountered when calling Sequential.call().

\x1b[1mInput 0 of layer 'dense' is incompatible with the layer: expected axis -1 to have value 6\x1b[0m

Arguments received by Sequential.call():
  • inputs=tf.Tensor(shape=(None, 4), dtype=float32)"""


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (LABELS, "Received a label value of 7 which is outside the valid range of [0, 3)."),
        (OWN_DATA, "ValueError: bad file 3"),
        (SEVERAL, "indices[3] = 12 is not in [0, 10)"),
        (WIDTH, "Input 0 of layer 'dense' is incompatible with the layer: expected axis -1 to have value 6"),
        ("Two\nlines", "Two lines"),
        ("Exception encountered when calling Add.call().", "Exception encountered when calling Add.call()."),
        ("Graph execution error:", "Graph execution error:"),
        ("", "RuntimeError"),
    ],
)
def test_the_line_that_tells_is_found(message, told):
    assert telling(RuntimeError(message)) == told


def test_a_sentence_names_the_class_once():
    assert sentence(RuntimeError(OWN_DATA)) == "ValueError: bad file 3"
    assert sentence(ValueError(WIDTH)).startswith("ValueError: Input 0 of layer")
    assert sentence(KeyError()) == "KeyError"


def test_a_sentence_does_not_hold_all_data():
    assert len(sentence(ValueError(f"Unrecognized data type: x={[1] * 10_000}"))) < 320
