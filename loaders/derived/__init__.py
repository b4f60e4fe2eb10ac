"""What a build derives once all documents are loaded, in a graph of its own: sums that many queries want, and closures.

Nothing here is stated by a document. Each sum names the figures that it adds up, and says whether it agrees with the
total that the document prints.

>>> from loaders.derived import derive
>>> for quad in derive(store, "https://w3id.org/gongkai/"):  # doctest: +SKIP
...     print(quad)
"""

from loaders.derived.writing import derive

__all__ = ["derive"]
