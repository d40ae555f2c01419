"""The figures at the end of a drill, and everything that is wrong with them."""

from collections import Counter
from dataclasses import dataclass, field

from tests.support.drill.decisions import Decision


@dataclass(frozen=True)
class Balance:
    """The figures, and everything that is wrong with them."""

    orders: Counter[str]
    ordered: int
    """ESIMs of the approved orders."""
    sold: int
    """SIM cards in the provider's ledger."""
    told: int
    """Those of them that stand in their order's thread."""
    calls: int
    """Purchase requests that reached the provider."""
    doubled: int = 0
    """SIM cards beyond what was ordered, because a person had it bought again."""
    decisions: list[Decision] = field(default_factory=list)
    """What a person was asked."""
    twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing at all is wrong."""
        return not (self.twice or self.lost or self.stuck or self.other)

    @property
    def needless(self) -> list[Decision]:
        """What a person was asked that need not have been."""
        return [each for each in self.decisions if each.needless]

    def line(self) -> str:
        """All of it in one line."""
        wrong = f"{len(self.twice)} twice, {len(self.lost)} lost, {len(self.stuck)} stuck"
        states = ", ".join(f"{count} {state}" for state, count in sorted(self.orders.items()))
        return (
            f"{'BALANCED' if self.holds else 'NOT BALANCED'}: {self.orders.total()} orders "
            f"({states}); {self.ordered} eSIMs approved, {self.sold} sold in {self.calls} calls, "
            f"{self.told} told, {self.doubled} doubled by Buy again; "
            f"{len(self.decisions)} decided by a person, {len(self.needless)} of them needlessly; "
            f"{wrong}, {len(self.other)} otherwise wrong"
        )

    def decided(self) -> Counter[tuple[str, str]]:
        """What a person was asked, by what had become of the call and what the order said."""
        return Counter((each.kind, each.why) for each in self.decisions)
