"""When two spellings are one network."""
