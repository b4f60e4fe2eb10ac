"""HTTP: whose request it is, which form of an answer, how it goes out, how errors are told, what is noted."""
