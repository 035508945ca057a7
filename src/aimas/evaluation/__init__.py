"""How well each task is done on a file of truths: one module a task, each with `evaluate(rows, base)`."""
