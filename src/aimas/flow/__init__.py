"""The product as a list of steps that fits on one screen; engines run it, this package only says what it is."""
