"""What the page calls, as the bootstrap provides it."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.usecases.publications.join import Told
from gateway.usecases.publications.view import Onlooker, PublicView
from gateway.usecases.results import DocumentFile


@dataclass(frozen=True, slots=True)
class PublicationUseCases:
    """Documents are numbered from 1; `join` answers the token of an access link."""

    page: Callable[[str, Onlooker], PublicView]
    document: Callable[[str, int, Onlooker], DocumentFile]
    join: Callable[[str, Told, Onlooker], str]
