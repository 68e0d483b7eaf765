"""Where a server listens: a socket on an address of this machine, or of all where it asks who comes."""

from __future__ import annotations

import ipaddress
import socket

from ingest.errors import BadSettings


def bound(host: str, port: int, *, others: str, taken: str) -> socket.socket:
    """A socket on an address.

    `others` is why nobody but this machine may reach it and what to do, as two
    lines, empty where anybody may; `taken` what to do when the port cannot be
    had. Raises BadSettings.
    """
    if others and not is_loopback(host):
        reason, advice = others.split("\n")
        raise BadSettings(f"{host}: {reason}", advice)
    own = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind((host, port))
    except (OSError, OverflowError) as exc:
        own.close()
        raise BadSettings(f"port {port} on {host} cannot be had ({exc})", taken) from exc
    return own


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def address_of(own: socket.socket) -> str:
    """The address of the server on a bound socket."""
    host, port = own.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
