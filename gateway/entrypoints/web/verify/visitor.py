"""What visitors of the verification page share besides its pages: the verifier, and what signs reports."""

from dataclasses import dataclass

from werkzeug.wrappers import Request

from gateway.entrypoints.web.public_visitor import Counter, PublicVisitor
from gateway.entrypoints.web.sessions import Signer
from gateway.entrypoints.web.verify.use_cases import VerifyUseCases


@dataclass(frozen=True, slots=True)
class Desk:
    use_cases: VerifyUseCases
    signer: Signer
    counter: Counter


class Visitor(PublicVisitor):
    def __init__(self, desk: Desk, request: Request) -> None:
        super().__init__(desk.counter, request)
        self.desk = desk
