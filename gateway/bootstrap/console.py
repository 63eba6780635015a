"""The support console from adapters and use cases."""

from gateway.bootstrap.system import System
from gateway.bootstrap.technology import Technology
from gateway.entrypoints.web.console.use_cases import ConsoleUseCases
from gateway.settings import Settings
from gateway.usecases.console.search import Search
from gateway.usecases.console.story import TellStory
from gateway.usecases.console.unmask import Unmask


def console_use_cases(_settings: Settings, tech: Technology, _system: System) -> ConsoleUseCases:
    database, clock = tech.database, tech.clock
    return ConsoleUseCases(
        search=Search(database, tech.codes.external_mark),
        story=TellStory(database, clock),
        unmask=Unmask(database, clock),
    )
