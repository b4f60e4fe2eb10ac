"""The explorer: one measure, divided one way, narrowed by what an address names, as a chart, a table and data."""
