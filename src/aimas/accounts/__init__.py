"""People who sign in belong here: their roles, what each role may, and how a password, a code and a session are judged."""
