"""Recognise IP addresses as Kibana does: no prefix length, zone, brackets or surrounding blanks.

The standard `ipaddress` is not used: it takes zones and refuses the leading zeros that Kibana takes.
"""

from kbn_schema.patterns import pattern

_OCTET = r"(?:0{0,2}[0-9]|0?[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_IPV4 = pattern(rf"(?:{_OCTET}\.){{3}}{_OCTET}")
_IPV6_GROUPS = pattern(r"[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*")
_IPV6_MAX_LENGTH = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")
_IPVFUTURE = pattern(r"[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+")


def is_ipv4(text: str) -> bool:
    """Four decimal numbers up to 255, at most three digits each; leading zeros are read as decimal."""
    return _IPV4().fullmatch(text) is not None


def is_ipv6(text: str) -> bool:
    """Every form of RFC 3986, section 3.2.2: ``::`` stands for one group or more, IPv4 may come last."""
    if len(text) > _IPV6_MAX_LENGTH:
        return False
    head, _, last = text.rpartition(":")
    if "." in last:
        if not is_ipv4(last):
            return False
        text = f"{head}:0:0"
    before, gap, after = text.partition("::")
    if not gap:
        return _group_count(text) == 8
    if (before and not _group_count(before)) or (after and not _group_count(after)):
        return False
    return _group_count(before) + _group_count(after) <= 7


def is_ipvfuture(text: str) -> bool:
    """The placeholder of RFC 3986, section 3.2.2, for addresses yet to come, such as ``v1.abc``."""
    return _IPVFUTURE().fullmatch(text) is not None


def _group_count(text: str) -> int:
    """How many hexadecimal groups *text* holds, 0 if it holds anything else."""
    return text.count(":") + 1 if _IPV6_GROUPS().fullmatch(text) else 0
