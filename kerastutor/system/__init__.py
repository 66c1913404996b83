"""The ground floor: files, imports, logs and what this machine can do."""
