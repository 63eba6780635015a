"""The one way in which templates of the package become HTML: escaped, and nothing undefined goes unseen."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from gateway.domain.wording import printable


def templates() -> Environment:
    """All templates, ready; each application keeps its own for its life."""
    found = Environment(
        loader=PackageLoader("gateway.entrypoints.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # What others wrote may neither turn the text around it nor hide in it.
    found.filters["printable"] = printable
    return found
