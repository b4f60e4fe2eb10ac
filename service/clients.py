"""Who asks: one notion of a client, for connections, for queries and for answers on their way.

A client is an IPv4 address or an IPv6 network of 64 bits, of which one client has all addresses. Behind a trusted proxy
it is the one that the proxy names; what anybody else says of itself is not believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.request import parse_http_list

Network = IPv4Network | IPv6Network
_KNOWN = 4_096
#: Of a header only its end is read: what is nearest to us stands there.
_LONGEST_HEADER = 4_000
_SCHEME, _SCHEMES = b"x-forwarded-proto", ("http", "https")
#: Of a path that a proxy puts before ours.
LONGEST_PREFIX = 200
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")


def read_networks(text: str) -> tuple[Network, ...]:
    """Networks and single addresses, separated by commas. Raises ValueError that names the one which is neither."""
    found = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        try:
            found.append(ip_network(part))
        except ValueError:
            raise ValueError(
                f"{part!r} is neither an address nor a network such as 10.0.0.0/8 or 2001:db8::/32"
            ) from None
    return tuple(found)


def read_prefix(text: str) -> str:
    """A prefix as it is kept: "" for none. Raises ValueError if it is no plain path."""
    prefix = text.strip().rstrip("/")
    if not prefix:
        return ""
    if len(prefix) > LONGEST_PREFIX or not _PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/")):
        raise ValueError(f"{text[:80]!r} is no path such as /gongkai")
    return prefix


@lru_cache(maxsize=_KNOWN)
def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address that a text names, with or without port, brackets and zone; IPv4 that is mapped into IPv6 is IPv4."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


@lru_cache(maxsize=_KNOWN)
def name_client(host: str) -> str:
    """The client that an address is of: an IPv4 address, or the /64 of an IPv6 one; what is no address as it is."""
    address = read_address(host)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address) >> 64 << 64, 64)))
    return host if address is None else str(address)


class Proxies:
    """The proxies that are believed: their networks, and the header in which they name clients."""

    def __init__(self, networks: Iterable[Network], header: str) -> None:
        self.networks = tuple(networks)
        self.header = header.lower().encode("ascii")
        self.trusts = lru_cache(maxsize=_KNOWN)(self._trusts)

    def _trusts(self, host: str) -> bool:
        address = read_address(host)
        return address is not None and any(address in network for network in self.networks)

    def find_client(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, str]:
        """Whose request a peer brings, as an address, and the scheme that it was sent with ("" if nobody tells).

        From the right, where the nearest proxy has written, the first address that is no trusted proxy's. Where a proxy
        has written what is no address, that proxy is all that is known.
        """
        if not self.trusts(peer):
            return peer, ""
        found, scheme = peer, ""
        for host, told in self._list_hops(headers):
            scheme = told or scheme
            if read_address(host) is None:
                break
            found = host
            if not self.trusts(host):
                break
        return found, scheme

    def _list_hops(self, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
        """Addresses with schemes, the nearest first."""
        given = [header for header in headers if header[0] in (self.header, _SCHEME)]
        if not given:
            return  # nobody stands between
        text = ",".join(value.decode("latin-1") for name, value in given if name == self.header)[-_LONGEST_HEADER:]
        if self.header == b"forwarded":
            for element in reversed(parse_http_list(text)):
                pairs = (part.partition("=") for part in element.split(";"))
                told = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
                yield told.get("for", ""), _read_scheme(told.get("proto", ""))
            return
        scheme = next((value.decode("latin-1") for name, value in reversed(given) if name == _SCHEME), "")
        for host in reversed(text.split(",") if text else [""]):
            yield host.strip(), _read_scheme(scheme)


def _read_scheme(text: str) -> str:
    scheme = text.rpartition(",")[2].strip().lower()
    return scheme if scheme in _SCHEMES else ""


def is_loopback(host: str) -> bool:
    """Whether a host, by its name or address, is this machine speaking to itself."""
    address = read_address(host)
    return address.is_loopback if address is not None else host.lower() in ("localhost", "localhost.localdomain")
