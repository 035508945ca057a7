"""Quality floors: frozen sets by hash, a floor for each task and language, and a command that measures them."""
