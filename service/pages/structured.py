"""What pages say of themselves to search engines: schema.org as JSON-LD, in a data block that no browser runs.

The content security policy forbids scripts in pages; a block of another type is no script (HTML, 4.12.1), so that it
needs neither nonce nor hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from loaders.build.description import DESCRIPTIONS, TITLES
from service.pages.things import Thing

_CONTEXT = "https://schema.org"
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_KEYWORDS = ("政府预算", "政府决算", "绩效评价", "government budget", "government accounts", "performance evaluation")


def describe_dataset(
    base: str, origin: str, language: str, *, modified: str = "", years: Iterable[str] = (), places: Iterable[str] = (),
    files: Iterable[tuple[str, str, int]] = (),
) -> dict[str, Any]:  # fmt: skip
    """The data as a schema.org ``Dataset``; ``files`` are names below ``/dumps/``, media types and sizes in bytes."""
    other = "en" if language == "zh" else "zh"
    years = sorted(years)
    described: dict[str, Any] = {
        "@context": _CONTEXT, "@type": "Dataset", "@id": f"{base}dataset", "url": f"{origin}/dataset",
        "name": TITLES[language], "alternateName": TITLES[other], "description": DESCRIPTIONS[language],
        "inLanguage": "zh-CN", "license": _LICENCE, "isAccessibleForFree": True, "keywords": list(_KEYWORDS),
        "creator": {"@type": "Organization", "name": "Gongkai contributors", "url": base},
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "Gongkai 公开", "url": f"{origin}/"},
        "distribution": [
            {"@type": "DataDownload", "contentUrl": f"{origin}/dumps/{name}", "encodingFormat": media,
             "contentSize": f"{size} B"}
            for name, media, size in files
        ],
    }  # fmt: skip
    optional = {
        "dateModified": modified,
        "temporalCoverage": f"{years[0]}-01-01/{years[-1]}-12-31" if years else "",
        "spatialCoverage": [{"@type": "Place", "@id": iri} for iri in sorted(set(places))],
    }
    return described | {name: value for name, value in optional.items() if value}


def describe_office(thing: Thing, origin: str, address: str) -> dict[str, Any]:
    """An office as a schema.org ``GovernmentOrganization``; ``address`` is the path of its page."""
    names = {
        value.text: None
        for key in ("label", "prefLabel", "altLabel")
        for value in thing.raw.get(key, ())
        if not value.is_iri and value.text != thing.label
    }
    described: dict[str, Any] = {
        "@context": _CONTEXT, "@type": "GovernmentOrganization", "@id": thing.iri, "url": origin + address,
        "name": thing.label, "identifier": thing.iri,
    }  # fmt: skip
    above = [v.text for v in thing.raw.get("subOrganizationOf", ()) if v.is_iri]
    optional: dict[str, Any] = {
        "alternateName": list(names),
        "areaServed": [{"@type": "AdministrativeArea", "@id": v.text} for v in _unique(thing, "place")],
        "parentOrganization": [{"@type": "GovernmentOrganization", "@id": iri} for iri in dict.fromkeys(above)],
        "sameAs": [v.text for v in _unique(thing, "sameAs")],
    }
    return described | {name: value for name, value in optional.items() if value}


def _unique(thing: Thing, name: str) -> Iterable[Any]:
    return {v.text: v for v in thing.raw.get(name, ()) if v.is_iri}.values()
