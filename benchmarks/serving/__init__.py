"""What the benchmarks of the endpoint share: graphs, questions, servers, routes to compare, clients and their load."""
