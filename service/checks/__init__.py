"""What may be said against documents and how they were read: for files, for the graph, on a terminal."""
