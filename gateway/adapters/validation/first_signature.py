"""What the first signature of a document may change: pyHanko's policy, made to bear a document without form.

pyHanko compares revisions after a signature, so it expects a form in the older one; ours has none before the
recipient's signature brings it.
"""

from collections.abc import Iterable
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_name
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel, StandardDiffPolicy
from pyhanko.sign.diff_analysis.form_rules_api import FormUpdate, FormUpdatingRule

FORM, FIELDS, FLAGS = map(pdf_name, ("/AcroForm", "/Fields", "/SigFlags"))
# SignaturesExist, and AppendOnly (ISO 32000-1, table 219).
SIGNED_FLAGS = {1, 3}


class _WithForm:
    """An older revision, seen as if it had a form without any field."""

    def __init__(self, old: HistoricalResolver, flags: int) -> None:
        self._old = old
        # Some of pyHanko's own functions have no types.
        form = DictionaryObject({FIELDS: ArrayObject()})  # type: ignore[no-untyped-call]
        if flags in SIGNED_FLAGS:
            form[FLAGS] = NumberObject(flags)  # type: ignore[no-untyped-call]
        self.root = DictionaryObject({**old.root, FORM: form})  # type: ignore[no-untyped-call]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._old, name)

    def __call__(self, reference: Any) -> Any:
        return self._old(reference)


class _FirstForm(FormUpdatingRule):
    def apply(
        self, old: HistoricalResolver, new: HistoricalResolver
    ) -> Iterable[tuple[ModificationLevel, FormUpdate]]:
        if FORM in old.root:
            return super().apply(old, new)
        if FORM not in new.root:
            return ()
        flags = int(new.root[FORM].get(FLAGS, 0))
        seen: Any = _WithForm(old, flags)
        return super().apply(seen, new)


def _policy() -> StandardDiffPolicy:
    usual = DEFAULT_DIFF_POLICY
    rule = usual.form_rule
    if rule is None:
        raise ValueError("pyHanko's policy knows no forms")
    form = _FirstForm(rule.field_rules, rule.ignored_acroform_keys)
    return StandardDiffPolicy(usual.global_rules, form)


POLICY = _policy()
