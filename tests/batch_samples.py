"""Batch files for tests: any transactions in one XML, signed by xmlsec1 or not at all."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from tests import fakes
from tests.orders import order

NAMESPACE = "urn:fehaciente:batch:1.0"
TRANSACTION = "urn:fehaciente:transaction:1.0"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
TEMPLATE = f"""<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="{EXC}"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
<ds:Reference URI=""><ds:Transforms>
<ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="{EXC}"/>
</ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
<ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>
<ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo></ds:Signature>"""


def bare(item: bytes) -> bytes:
    """A transaction without its XML declaration."""
    return item.split(b"?>", 1)[1].strip() if item.startswith(b"<?xml") else item


def batch_xml(
    items: Sequence[bytes], external_id: str = "lote-1", *, count: int | None = None, policy: str = ""
) -> bytes:
    """A batch of these transactions (octets), as they are."""
    said = f"<policy>{policy}</policy>" if policy else ""
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<batch xmlns="{NAMESPACE}">\n<external_id>{external_id}'
        f"</external_id>\n<item_count>{len(items) if count is None else count}</item_count>{said}\n"
    )
    return head.encode() + b"".join(bare(item) + b"\n" for item in items) + b"</batch>\n"


def orders(count: int, prefix: str = "item") -> list[bytes]:
    """Good transactions, whose external ids count from 1."""
    return [order(external_id=f"{prefix}-{number}") for number in range(1, count + 1)]


def signed(xml: bytes, issuer: str = fakes.BANK.name, template: str = TEMPLATE) -> bytes:
    """The document with an enveloped signature made by xmlsec1, as its last child."""
    chain, key = fakes.issued("rsa", issuer)
    end = xml.rindex(b"</")
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name for name in ("in.xml", "key.pem", "chain.pem", "out.xml")}
        paths["in.xml"].write_bytes(xml[:end] + template.encode() + xml[end:])
        paths["key.pem"].write_bytes(key)
        paths["chain.pem"].write_bytes(chain)
        keys = f"{paths['key.pem']},{paths['chain.pem']}"
        command = ["xmlsec1", "--sign", "--privkey-pem", keys, "--output", str(paths["out.xml"])]
        subprocess.run([*command, str(paths["in.xml"])], check=True, capture_output=True)
        return paths["out.xml"].read_bytes()


def external_ids(xml: bytes) -> list[str]:
    """Of the transactions in a batch, in order."""
    found = etree.fromstring(xml).iterfind(f"{{{TRANSACTION}}}transaction/{{{TRANSACTION}}}external_id")
    return [str(each.text) for each in found]
