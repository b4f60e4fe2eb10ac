"""Frames (JSON-LD 1.1 Framing, W3C 2020) for each kind of thing: its data as a tree with the parts that belong to it.

They are for what ``/data/….jsonld?parts=1`` gives of a thing, or for any other part of the graph, and use the names of
``/context.jsonld``. What a frame names is nested; everything else that is stated stays as it is.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.http.prefix import find_origin
from service.http.problems import Problem

Frame = dict[str, Any]
_MEDIA = 'application/ld+json;profile="http://www.w3.org/ns/json-ld#frame"'
#: Whatever is there: what is said of it if that is at hand, else its IRI.
_ANY: Frame = {}


def _nest(kind: str, *parts: str) -> Frame:
    """A class, and the properties whose values are nested in its things."""
    return {"@type": kind, **dict.fromkeys(parts, _ANY)}


_STATED = ("agency", "prov:wasDerivedFrom")
#: By class of the ontology.
FRAMES: dict[str, Frame] = {
    "Document": _nest("Document", "agency"),
    "Agency": _nest("Agency", "place", "org:subOrganizationOf"),
    "Division": _nest("Division", "agency"),
    "Duty": _nest("Duty", *_STATED, "ofDivision", "about"),
    "Project": _nest("Project", *_STATED, "statedBy", "parentProject", "about"),
    "Indicator": _nest("Indicator", *_STATED, "project", "targetFigure"),
    "Assessment": _nest("Assessment", *_STATED, "indicator"),
    "Figure": _nest("Figure", *_STATED, "project", "function", "economic", "governmentEconomic", "qb:dataSet"),
    "StandardValue": _nest("StandardValue", *_STATED, "quantity"),
    "Finding": _nest("Finding", "check", "usesFigure"),
    "ServiceLink": _nest("ServiceLink", *_STATED, "service", "paidBy"),
    "Service": _nest("Service", "skos:broader"),
    "Place": _nest("Place", "parentPlace"),
    "FunctionCode": _nest("FunctionCode", "skos:broader"),
    "EconomicCode": _nest("EconomicCode", "skos:broader"),
    "GovernmentEconomicCode": _nest("GovernmentEconomicCode", "skos:broader"),
}


def make_frame(kind: str, context: str) -> Frame:
    """The frame of a class; ``context`` is the address of the context."""
    return {"@context": context, "@embed": "@always", "@omitDefault": True, **FRAMES[kind]}


async def answer_frames(request: Request) -> Response:
    """``/frames``: the classes and the addresses of their frames."""
    origin = find_origin(request)
    return JSONResponse({
        "context": f"{origin}/context.jsonld", "frames": {kind: f"{origin}/frames/{kind}.jsonld" for kind in FRAMES},
    })  # fmt: skip


async def answer_frame(request: Request) -> Response:
    """``/frames/Project.jsonld``: one of them."""
    name: str = request.path_params["name"]
    kind = name.removesuffix(".jsonld")
    if kind not in FRAMES:
        raise Problem(404, "unknown_frame", f"frames/{name[:60]}", "there is no such frame", "See the list at /frames")
    return JSONResponse(make_frame(kind, f"{find_origin(request)}/context.jsonld"), media_type=_MEDIA)
