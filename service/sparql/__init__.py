"""SPARQL before any engine sees it: its words, what a query may do, what was probably meant, why it failed."""
