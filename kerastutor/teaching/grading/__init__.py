"""Submissions in, a gradebook out: intake, sandbox, judging, tables, feedback and the report on a class."""
