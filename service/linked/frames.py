"""Frames (JSON-LD 1.1 Framing, W3C 2020) for each kind of thing: its data as a tree with the parts that belong to it.

They are for the statements of a document (its named graph) or of a thing (``/data/…``), with the names of
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
_ANY: Frame = {}
#: The place in a document that states something, with its selectors.
_PLACE: Frame = {"prov:wasDerivedFrom": {"oa:hasSelector": _ANY}}
_OFFICE: Frame = {"agency": {"@type": "Agency", "place": _ANY}}


def _state(kind: str, **parts: Frame) -> Frame:
    """A figure, value or the like: of whom, and where it stands."""
    return {"@type": kind, **_OFFICE, **parts, **_PLACE}


#: By class of the ontology.
FRAMES: dict[str, Frame] = {
    "Document": {"@type": "Document", **_OFFICE},
    "Agency": {"@type": "Agency", "place": _ANY, "org:subOrganizationOf": {"@type": "Agency"}},
    "Division": {"@type": "Division", **_OFFICE, "@reverse": {"ofDivision": {"@type": "Duty"}}},
    "Duty": _state("Duty", ofDivision={"@type": "Division"}),
    "Project": _state("Project", statedBy={"@type": "Figure"}, parentProject={"@type": "Project"}, about=_ANY),
    "Indicator": _state("Indicator", project={"@type": "Project"}, targetFigure={"@type": "Figure"}),
    "Assessment": _state("Assessment", indicator={"@type": "Indicator"}),
    "Figure": _state(
        "Figure", project={"@type": "Project"}, function=_ANY, economic=_ANY, governmentEconomic=_ANY,
        **{"qb:dataSet": _ANY},
    ),
    "StandardValue": _state("StandardValue", quantity=_ANY),
    "Finding": {"@type": "Finding", "check": _ANY, "usesFigure": {"@type": "Figure"}},
    "ServiceLink": _state("ServiceLink", service=_ANY, paidBy={"@type": "Figure"}),
    "Service": {"@type": "Service", "skos:broader": _ANY},
    "Place": {"@type": "Place", "parentPlace": {"@type": "Place"}},
    "FunctionCode": {"@type": "FunctionCode", "skos:broader": _ANY},
    "EconomicCode": {"@type": "EconomicCode", "skos:broader": _ANY},
    "GovernmentEconomicCode": {"@type": "GovernmentEconomicCode", "skos:broader": _ANY},
}  # fmt: skip


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
