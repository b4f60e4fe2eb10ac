"""PDF: its glyphs, lines, grids, columns and pictures. :mod:`loaders.readers.pdf.reader` puts them together."""
