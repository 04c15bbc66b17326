"""Which addresses are this machine: certainly, or not."""

from __future__ import annotations

import ipaddress

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wooster.core.hosts import is_here, place, plain_name


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://LOCALHOST",
        "http://[::1]:8080",
        "http://127.9.9.9",
        "http://[::ffff:127.0.0.1]:1",
    ],
)
def test_loopback_stays(url: str) -> None:
    """Each form of this machine's own address."""
    assert is_here(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com",
        "http://192.168.1.2:8080",
        "http://10.0.0.1",
        "http://169.254.1.1",
        "http://[fe80::1]",
        "http://[fe80::1%25lo]",
        "http://studio.local",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.",
        "http://app.localhost",
        "http://0.0.0.0",
        "http://[::]",
        "http://[::ffff:192.168.1.2]",
        "http://2130706433",
        "http://127.1",
        "http://0x7f.0.0.1",
        "http://0177.0.0.1",
        "http://127.0.0.1@example.com",
        "http://example.com@127.0.0.1",
        "http://127.0.0.1\\@example.com",
        "http://127.0.0.1#@example.com",
        "http://ⓛocalhost",
        "http://１２７.0.0.1",
        "http://local\thost",
        "ftp://localhost",
        "http://",
        "",
    ],
)
def test_whatever_else_leaves(url: str) -> None:
    """Other machines, however near, and every address that two programs may read differently."""
    assert not is_here(url)


@given(st.ip_addresses())
def test_an_address_stays_if_and_only_if_it_is_loopback(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    """Over all addresses there are."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    url = f"http://[{address}]" if address.version == 6 else f"http://{address}"
    assert is_here(url) == (mapped or address).is_loopback


_HERE = ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]"]
_TRICKS = [
    "",
    "@",
    "\\",
    "/",
    "#",
    "?",
    ":80",
    ".",
    "a",
    "%2e",
    "0x7f.1",
    "evil.example",
    "\t",
    "：",
]
_TRICKY = st.lists(st.sampled_from(_TRICKS), max_size=3).map("".join)


def _seen_here(url: str) -> bool:
    """Whether it is this machine that the client would connect to."""
    host = httpx.URL(url).host.rstrip(".")
    if host == "localhost":
        return True
    address = ipaddress.ip_address(host)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


@given(_TRICKY, st.sampled_from(_HERE), _TRICKY)
@example("", "127.0.0.1", "\\@evil.example")
@example("a@", "127.0.0.1", "@evil.example")
@example("", "127.0.0.1", ":80@evil.example")
def test_what_stays_is_where_the_http_client_connects_to(
    before: str, here: str, after: str
) -> None:
    """No trick of spelling makes us see this machine where the client sees another."""
    if is_here(url := f"http://{before}{here}{after}"):
        assert _seen_here(url)
    assert is_here(f"http://{here}:80/v1") and _seen_here(f"http://{here}:80/v1")


def test_an_own_host_is_known_in_any_spelling() -> None:
    """Capitals, a final dot, brackets and the long form of an address make no difference."""
    own = frozenset(map(plain_name, ["Studio.local", "fd00::1", "192.168.1.2"]))
    for url in ("http://studio.LOCAL:80", "https://[FD00:0::1]:1", "http://192.168.1.2"):
        assert place(url, own) == "own"
    for url in ("http://studio.local.evil.example", "http://studio.local@evil.example"):
        assert place(url, own) == "away"


@pytest.mark.parametrize("text", ["http://a", "a:80", "a/b", "a b", "", "*"])
def test_what_is_no_hosts_name_is_refused(text: str) -> None:
    """A list of hosts that can match nothing is a mistake, and not kept silently."""
    with pytest.raises(ValueError, match="host"):
        plain_name(text)
