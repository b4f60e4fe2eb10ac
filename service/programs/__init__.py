"""For programs that ask by themselves: a Model Context Protocol server over the same service, with the same limits."""
