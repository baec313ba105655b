"""What can go wrong with data; each message says what was expected, what came, and what to try."""

from __future__ import annotations


class DataError(RuntimeError):
    """Data that a lesson asked for cannot be had."""


class DataMissing(DataError):
    """A file is in none of the places where it is looked for, or not whole."""


class FetchFailed(DataError):
    """A file could not be brought from any of its mirrors, or could not be kept."""


class Damaged(Exception):
    """Bytes that are not the ones expected; always turned into one of the errors above."""
