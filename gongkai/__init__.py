"""公开 for programs: a small client of a Gongkai server, over httpx.

>>> from gongkai import Client                                                          # doctest: +SKIP
>>> with Client("http://127.0.0.1:8000") as gk:                                         # doctest: +SKIP
...     frame = gk.query("offices-funding-service", service="free-inspection").to_pandas()

It imports nothing of the service: what it knows of it is what ``/openapi.json`` says.
"""

from gongkai.client import Candidate, Client, Found
from gongkai.errors import BadRequest, ClientError, Limited, NotFound, NotReached, Refused
from gongkai.results import Change, Column, QueryDescription, Table, Value

__all__ = [
    "BadRequest",
    "Candidate",
    "Change",
    "Client",
    "ClientError",
    "Column",
    "Found",
    "Limited",
    "NotFound",
    "NotReached",
    "QueryDescription",
    "Refused",
    "Table",
    "Value",
]
