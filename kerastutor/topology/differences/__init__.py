"""What keeps two networks from being the same: the matching, the fewest edits, and their words."""
