"""Gongkai's loaders: documents of Chinese government offices become facts, findings and RDF.

One direction: ``readers`` make a :class:`loaders.documents.Document`, ``tables`` and ``prose`` make the
facts of :mod:`loaders.facts`, ``reconcile`` and ``accounting`` check them, ``graph`` alone knows RDF.
"""

__version__ = "0.2.0"
