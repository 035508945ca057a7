"""Kills the program at its named write points and holds what is left against what was sent."""
