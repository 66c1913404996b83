"""The first widget shows before Keras is there."""

import pytest
from jupyter_client.manager import start_new_kernel

from kerastutor.widgets.waiting import SENTENCE, for_keras

WAITS = {
    "kt.build()": "Keras",
    "import keras": "Keras",
    "from tensorflow import keras": "TensorFlow",
}


def test_outside_a_kernel_nothing_is_said(capsys):
    with for_keras():
        pass
    assert capsys.readouterr().out == ""


@pytest.fixture
def kernel():
    manager, client = start_new_kernel()
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.lessons
@pytest.mark.parametrize("line", WAITS)
def test_a_line_stands_on_the_page_until_what_is_slow_is_loaded(kernel, line):
    seen = []
    cell = f"%load_ext kerastutor\nimport kerastutor as kt\n{line}\nprint('loaded')"
    kernel.execute_interactive(cell, timeout=120, output_hook=lambda message: seen.append(message))
    notes = [m for m in seen if "display" in m["msg_type"] and "transient" in m["content"]]
    shown, cleared = notes[:2]
    assert shown["content"]["data"]["text/plain"] == SENTENCE.format(WAITS[line])
    assert cleared["msg_type"] == "update_display_data"
    assert cleared["content"]["data"]["text/plain"] == ""
    assert cleared["content"]["transient"]["display_id"] == shown["content"]["transient"]["display_id"]
    (printed,) = [m for m in seen if m["msg_type"] == "stream"]
    assert seen.index(cleared) < seen.index(printed)
    assert printed["content"]["text"] == "loaded\n"


@pytest.mark.lessons
def test_a_cell_that_waited_shows_what_it_is_for(kernel):
    seen = []
    cell = "%load_ext kerastutor\nimport kerastutor as kt\nbuilder = kt.build()"
    kernel.execute_interactive(cell, timeout=120, output_hook=lambda message: seen.append(message))
    shown = [m["content"]["data"] for m in seen if m["msg_type"] == "display_data"]
    assert any("application/vnd.jupyter.widget-view+json" in data for data in shown)
