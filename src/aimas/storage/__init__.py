"""Where things are kept: records in SQL, originals sealed on disk, the search index beside them; it decides nothing."""
