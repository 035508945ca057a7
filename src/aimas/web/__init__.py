"""The board over HTTP: pages, the same data as JSON, and events; it calls services and holds no rules."""
