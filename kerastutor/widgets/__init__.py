"""What the learner touches: views only, without logic of their own."""
