"""What the console's pages show: read-only queries, one file a page."""
