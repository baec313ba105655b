"""Marking submissions: what learners wrote runs in a closed room, and only data comes out of it."""
