"""*Run All* on a fresh kernel: the extension, an import and a mistake at once, as in the notebooks people find."""

import pytest

SENTENCE = "keras.Input wants a shape, and 784 is a single number."


@pytest.mark.parametrize("imported", ["import tensorflow as tf", "from tensorflow import keras"])
def test_a_notebook_run_whole_is_heard(open_lab, imported):
    lab = open_lab(["%load_ext kerastutor", imported, "import keras\nkeras.Input(784)"])
    lab.page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    lab.page.get_by_text(SENTENCE).first.wait_for(timeout=120_000)
    lab.wait_for_idle()
    assert [output for index in (0, 1) for output in lab.outputs(index) if output["output_type"] == "error"] == []
    lab.screenshot("run-all")
    assert lab.errors == []
