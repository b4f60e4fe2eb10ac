"""The site: one page a file, with its templates and charts."""
