"""What ``benchmarks/server.py`` runs: one application behind several servers and routes, and the load on it."""
