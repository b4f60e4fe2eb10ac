"""What the benchmarks of the endpoint share: a graph, questions, servers to compare, a cheap client."""
