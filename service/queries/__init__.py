"""Canned queries: their files and parameters, their answers as tables, and the forms in which these are given."""
