"""The baseline levels of EN 319 132-1 clause 6, in order; what each of them holds is built elsewhere."""

from enum import Enum


class Level(Enum):
    """B-B signature · B-T time-stamped · B-LT with validation data · B-LTA with an archive time-stamp."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"

    def __ge__(self, other: "Level") -> bool:
        order = list(Level)
        return order.index(self) >= order.index(other)
