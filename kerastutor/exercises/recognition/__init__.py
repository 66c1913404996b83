"""Recognising misconceptions: what keeps a network from being the answer, and what the learner may have had in mind."""
