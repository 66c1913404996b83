"""What is asked of the stepper's verbs: code as it is found, and steps also of a run that was broken off."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from kerastutor.widgets.stepper import run_cell, steps

PASTED = {
    "prompts": ">>> import keras\n>>> if True:\n...     x = keras.Input((4,))\n",
    "prompts of IPython": "In [1]: import keras\n\nIn [2]: x = keras.Input((4,))\n",
    "a fence": "```python\nimport keras\nx = keras.Input((4,))\n```\n",
    "an indent": "    import keras\n    x = keras.Input((4,))\n",
}


@pytest.mark.parametrize("source", PASTED.values(), ids=PASTED)
def test_code_is_taken_as_it_was_pasted(source):
    told = steps(source)
    assert told.error is None
    assert "`x` now means the input" in told.text


def test_an_interrupted_cell_shows_its_steps_and_is_still_interrupted(capsys):
    shell = InteractiveShell.instance()
    with pytest.raises(KeyboardInterrupt):
        run_cell(shell, "import keras\nx = keras.Input((4,))\nraise KeyboardInterrupt")
    assert "`x` now means the input" in capsys.readouterr().out
    assert "x" in shell.user_ns
