"""What the console's pages call, as the bootstrap provides it. Every call names the person who asks."""

from dataclasses import dataclass

from gateway.usecases.console.search import Search
from gateway.usecases.console.story import TellStory
from gateway.usecases.console.unmask import Unmask


@dataclass(frozen=True, slots=True)
class ConsoleUseCases:
    search: Search
    story: TellStory
    unmask: Unmask
