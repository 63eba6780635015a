"""What a signature covers: the whole file, or only parts of it, and which.

Whether what it covers is unchanged is checked elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from gateway.adapters.validation.document import SIGNATURE, Document
from gateway.adapters.validation.references import BASE64, Reference, Selected
from gateway.adapters.validation.verdict import Refusal
from gateway.adapters.validation.xades import SIGNED_PROPERTIES_TYPE, Signature
from gateway.domain.validation import Coverage, SubIndication


@dataclass(frozen=True, slots=True)
class Covered:
    """`names` of what is signed; `whole` is the reference to the whole document, if there is one."""

    coverage: Coverage
    names: tuple[str, ...]
    whole: Reference | None = None


def covered(
    signature: Signature, document: Document, selected: Sequence[tuple[Reference, Selected]]
) -> Covered:
    """Judge the coverage; raises Refusal(SIGNED_DATA_NOT_FOUND) when nothing but properties is signed."""
    data = [each for each in selected if not _is_about_itself(*each, signature)]
    if not data:
        raise Refusal(SubIndication.SIGNED_DATA_NOT_FOUND, "it signs nothing but its own properties")
    names = tuple(dict.fromkeys(_name(yielded, document) for _, yielded in data))
    whole = next((reference for reference, yielded in data if _is_whole(reference, yielded, document)), None)
    if whole is not None:
        return Covered(Coverage.FULL, names, whole)
    targets = [yielded.target for _, yielded in data if yielded.target is not None]
    files = {yielded.name for _, yielded in data if yielded.target is None}
    full = _is_all_signature(signature, document) and files >= set(document.detached)
    full = full and _covers_objects(signature, targets)
    return Covered(Coverage.FULL if full else Coverage.PARTIAL, names)


def _is_about_itself(reference: Reference, selected: Selected, signature: Signature) -> bool:
    own = selected.target is signature.key_info and signature.key_info is not None
    return own or reference.type == SIGNED_PROPERTIES_TYPE


def _is_whole(reference: Reference, selected: Selected, document: Document) -> bool:
    decoded = any(each.get("Algorithm") == BASE64 for each in reference.transforms)
    return selected.target is document.root and not decoded


def _is_all_signature(signature: Signature, document: Document) -> bool:
    """Whether the file is this signature, or (as in ASiC) a root with nothing but signatures in it."""
    root = document.root
    return root is signature.element or (len(root) > 0 and all(child.tag == SIGNATURE for child in root))


def _covers_objects(signature: Signature, targets: Sequence[etree._Element]) -> bool:
    """Whether each object of the signature, or its one child, is signed."""
    others = [each for each in signature.objects if each is not signature.properties_object]
    return all(
        any(target is each or (len(each) == 1 and target is each[0]) for target in targets) for each in others
    )


def _name(selected: Selected, document: Document) -> str:
    if selected.target is None:
        return selected.name
    local = etree.QName(selected.target).localname
    return local if selected.target is document.root else f"{local} {selected.name}"
