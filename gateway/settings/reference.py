"""The configuration reference: a Markdown table drawn from the sections themselves."""

from dataclasses import fields
from typing import get_type_hints

from gateway.settings.sections import Settings


def reference() -> str:
    """One row a key. The README shows it between markers, and a test compares them."""
    rows = ["| section | key | default | meaning |", "|---|---|---|---|"]
    for section, kind in get_type_hints(Settings).items():
        for field in fields(kind):
            default = field.metadata["default"]
            shown = "**must be given**" if default is None else f"`{default}`" if default else "(empty)"
            rows.append(f"| {section} | `{field.name}` | {shown} | {field.metadata['meaning']} |")
    return "\n".join(rows) + "\n"
