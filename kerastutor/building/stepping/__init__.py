"""Keras code run line by line, with the graph that each line leaves."""
