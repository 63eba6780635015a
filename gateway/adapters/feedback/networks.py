"""Which networks issuers' addresses may lead to: the public internet, and nothing else unless it is allowed.

An address is judged by its number alone; names are resolved elsewhere, once, and what is judged is called.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Beyond what Python calls "not global", whatever its version: some of it would lead elsewhere than it says.
NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            # Carrier-grade NAT; also Alibaba's metadata service.
            "100.64.0.0/10",
            # Link-local: metadata services of most clouds.
            "169.254.0.0/16",
            # Azure's own channel to its machines.
            "168.63.129.16/32",
            # Protocol assignments; Oracle's metadata service.
            "192.0.0.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "224.0.0.0/4",
            "240.0.0.0/4",
            # IPv4-compatible, -mapped and -translated, NAT64, Teredo, 6to4: IPv4 in disguise.
            "::/96",
            "::ffff:0:0/96",
            "::ffff:0:0:0/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/32",
            "2001:db8::/32",
            "2002::/16",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        ),
    )
)
# AWS's, in a private network.
METADATA = (ipaddress.ip_network("fd00:ec2::/32"),)
LOOPBACK = tuple(map(ipaddress.ip_network, ("127.0.0.0/8", "::1/128")))
PRIVATE = (
    *LOOPBACK,
    *map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")),
)


def refused(address: Address, *, allow_private: bool) -> bool:
    """Whether it is not to be called. `allow_private` lets this machine and private networks be called."""
    if allow_private and _within(address, PRIVATE) and not _within(address, METADATA):
        return False
    if _within(address, NEVER) or address.is_multicast or getattr(address, "scope_id", None):
        return True
    return not address.is_global


def is_loopback(address: Address) -> bool:
    return _within(address, LOOPBACK)


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == each.version and address in each for each in networks)
