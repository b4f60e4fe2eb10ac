"""The processes that run queries, and the store behind one small interface."""
