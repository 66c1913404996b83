"""The results of a run as tables: for a spreadsheet, for Canvas, for Moodle, for Gradescope."""
