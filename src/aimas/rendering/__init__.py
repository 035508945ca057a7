"""How digests and exports are put on paper and into files: one document, one list of rows, a writer for each form."""
