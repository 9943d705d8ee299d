"""Measurements of searchkit side by side with what a user would take instead: see README.md."""
