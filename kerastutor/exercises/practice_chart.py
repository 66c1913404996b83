"""Where lessons copied from version 0.1 look for the chart of the practice, which is a widget now."""

from kerastutor.system.on_first_use import on_first_use

__getattr__, __dir__ = on_first_use(__name__, {"practice_chart": "kerastutor.widgets.practice_chart"})
