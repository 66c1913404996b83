"""The twin view in a bare page: its own module and stylesheet, a model that answers as Jupyter's does, no kernel."""

import json
from typing import Any

from kerastutor.widgets.assets import module, style

MODEL = """
const listeners = {};
window.sent = [];
window.model = {
  view: %s,
  get(name) { return this[name]; },
  set(name, value) { this[name] = value; (listeners["change:" + name] || []).forEach((call) => call()); },
  on(name, call) { (listeners[name] ||= []).push(call); },
  off(name, call) { listeners[name] = (listeners[name] || []).filter((other) => other !== call); },
  send(content) { window.sent.push(content); },
  save_changes() {},
};
"""


def page_text(view: dict[str, Any], dark: bool = False) -> str:
    """A page that holds the widget and nothing else; `window.ready` is set once it is drawn."""
    source = _script(module("twin"))
    data = _script(view)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Twin view</title>
<style>body {{ margin: 8px; background: {"#111" if dark else "#fff"}; }}</style>
<style>{style("twin")}</style></head>
<body data-jp-theme-light="{"false" if dark else "true"}"><main id="here"></main>
<script type="module">
{MODEL % data}
const source = {source};
const widget = (await import(URL.createObjectURL(new Blob([source], {{type: "text/javascript"}})))).default;
widget.render({{ model: window.model, el: document.getElementById("here") }});
window.ready = true;
</script></body></html>"""


def _script(value: Any) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value).replace("<", "\\u003c")
