"""Aimas hears what the public says about an institution, and answers for what it hears."""

__version__ = "0.1.0"
