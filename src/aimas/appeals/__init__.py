"""The case of an appeal belongs here: what happened to it, what the law asks by when, its receipt and its answer."""
