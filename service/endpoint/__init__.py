"""The SPARQL protocol over HTTP: queries, federation, graph store, service description."""
