"""Networks made up for practice and for tests."""
