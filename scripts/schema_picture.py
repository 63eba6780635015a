"""The ER picture in schemas/README.md, drawn from the tables; a test diffs it.

`python -m scripts.schema_picture` rewrites it.
"""

import re
from pathlib import Path

from sqlalchemy.dialects import oracle

from gateway.adapters.storage.tables import METADATA

README = Path(__file__).resolve().parent.parent / "schemas" / "README.md"
PICTURE = re.compile(r"(```mermaid\n).*?(```)", re.DOTALL)


def er_picture() -> str:
    """The schema as a mermaid diagram."""
    lines = ["erDiagram"]
    for table in sorted(METADATA.sorted_tables, key=lambda table: table.name):
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            one = "o|" if list(table.primary_key.columns) == [key.parent] else "o{"
            lines.append(f"    {key.column.table.name} ||--{one} {table.name} : {key.parent.name}")
    for table in sorted(METADATA.sorted_tables, key=lambda table: table.name):
        lines.append(f"    {table.name} {{")
        for column in table.columns:
            marks = ["PK"] * column.primary_key + ["FK"] * bool(column.foreign_keys)
            # SQLAlchemy gives the dialect's constructor no types.
            kind = re.sub(r"\W.*", "", column.type.compile(oracle.dialect())).lower()  # type: ignore[no-untyped-call]
            lines.append(f"        {kind} {column.name} {', '.join(marks)}".rstrip())
        lines.append("    }")
    return "\n".join(lines) + "\n"


def main() -> None:
    text = README.read_text(encoding="utf-8")
    README.write_text(PICTURE.sub(lambda found: found[1] + er_picture() + found[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
