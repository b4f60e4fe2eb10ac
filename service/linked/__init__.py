"""IRIs that answer, descriptions of the data, dumps, reconciliation: what other programs use."""
