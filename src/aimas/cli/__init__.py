"""The command line: it parses, calls services and prints; rules live elsewhere."""
