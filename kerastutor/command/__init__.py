"""The command `kerastutor`."""
