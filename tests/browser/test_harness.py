"""The harness itself: a widget round trip in a real JupyterLab, with no request leaving the machine."""

BUTTON = """
import ipywidgets
button, said = ipywidgets.Button(description="press"), ipywidgets.Label("not yet")
button.on_click(lambda _: setattr(said, "value", "pressed"))
ipywidgets.VBox([button, said])
"""


def test_a_click_reaches_python_and_comes_back(open_lab):
    lab = open_lab([BUTTON, "print(said.value)"])
    lab.run(0)
    lab.page.get_by_role("button", name="press", exact=True).click()
    lab.page.locator(".widget-label", has_text="pressed").wait_for(timeout=20_000)
    lab.run(1)
    assert lab.text(1) == "pressed\n"
    assert lab.errors == []
    assert lab.external == []
