"""The first widget shows before Keras is there."""

import pytest
from jupyter_client.manager import start_new_kernel

from kerastutor.widgets.waiting import SENTENCE, for_keras

CELL = """
%load_ext kerastutor
import kerastutor as kt
builder = kt.build()
"""


def test_outside_a_kernel_nothing_is_said(capsys):
    with for_keras():
        pass
    assert capsys.readouterr().out == ""


@pytest.mark.lessons
def test_a_line_stands_on_the_page_until_keras_is_loaded():
    manager, client = start_new_kernel()
    try:
        seen = []
        client.execute_interactive(CELL, timeout=120, output_hook=lambda message: seen.append(message))
        shown = [(m["msg_type"], m["content"]) for m in seen if "display" in m["msg_type"]]
        kinds = [kind for kind, _ in shown]
        assert shown[0][1]["data"]["text/plain"] == SENTENCE
        assert "update_display_data" in kinds
        cleared = next(content for kind, content in shown if kind == "update_display_data")
        assert cleared["data"]["text/plain"] == ""
        assert cleared["transient"]["display_id"] == shown[0][1]["transient"]["display_id"]
        assert any("application/vnd.jupyter.widget-view+json" in content.get("data", {}) for _, content in shown[1:])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
