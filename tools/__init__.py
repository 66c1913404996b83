"""What keeps the repository's data in step with the world; no part of the package."""
