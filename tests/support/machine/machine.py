"""Everything that can happen to orders, in any sequence, against a real Redis."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from bot.domain.state import OrderState
from bot.store.queues import LEASE
from tests.support.machine.ground import MOST, Act, Ground
from tests.support.machine.parts import ANA, BEN, CARLA, DAN, Parts
from tests.support.machine.seller import Listing, Way

_TIMES = (1.0, LEASE + 1, 31.0, 300.0, 601.0, 3601.0)
_ways = st.sampled_from(Way)
_people = st.sampled_from([ANA, BEN, CARLA, DAN])
_which = st.integers(0, MOST - 1)
MANY = MOST + 2
"""Orders of a run, with those for the rest of others."""


class Machine(Ground):
    """Two bots on one Redis. Each rule is something that may happen at any time."""

    # What people do

    @initialize(who=st.sampled_from([ANA, BEN]), amount=st.integers(1, 5))
    def begin(self, who: str, amount: int) -> None:
        """There is an order to begin with."""
        self.place(who, amount)

    @precondition(lambda self: len(self.ids) < MOST)
    @rule(who=st.sampled_from([ANA, BEN]), amount=st.integers(1, 5))
    def place(self, who: str, amount: int) -> None:
        """Somebody orders; an approver may do so, too."""
        self.do(Act("place", who, f"t{len(self.acts)}", amount=amount))

    @precondition(lambda self: self.ids)
    @rule(which=_which, who=_people)
    def approve(self, which: int, who: str) -> None:
        """Somebody clicks Approve, whether they may or not."""
        self.click("approve", which, who)

    @precondition(lambda self: self.in_state(OrderState.AWAITING_APPROVAL))
    @rule(which=_which, late=st.sampled_from([0.0, 0.0, 0.0, 601.0]))
    def approve_as_approver(self, which: int, late: float) -> None:
        """An approver approves, mostly in time."""
        self.run(self.clock.jump(late))
        self.click("approve", which, CARLA)

    @precondition(lambda self: self.in_state(OrderState.AWAITING_APPROVAL))
    @rule(which=_which)
    def approve_own(self, which: int) -> None:
        """Whoever ordered clicks Approve."""
        self.click("approve", which, self.requesters[self.id_of(which)])

    @precondition(lambda self: self.in_state(OrderState.AWAITING_APPROVAL))
    @rule(which=_which, who=_people)
    def cancel(self, which: int, who: str) -> None:
        """Somebody clicks Cancel: it is cancelled, declined, or they may not."""
        self.click("cancel", which, who)

    @precondition(lambda self: self.in_state(OrderState.NEEDS_ATTENTION))
    @rule(which=_which, who=_people, what=st.sampled_from(["look_again", "close", "buy_again"]))
    def decide(self, which: int, who: str, what: str) -> None:
        """Somebody decides about an order that needs attention."""
        self.click(what, which, who)

    @precondition(lambda self: self.in_state(OrderState.PARTLY_PURCHASED) and len(self.ids) < MANY)
    @rule(which=_which, who=_people)
    def order_rest(self, which: int, who: str) -> None:
        """Somebody orders what is missing, whether they may or not, once or again."""
        short = [each for each in self.ids if self.states.get(each) == "partly_purchased"]
        self.click("order_rest", self.ids.index(short[which % len(short)]), who)

    @precondition(lambda self: self.in_state(OrderState.APPROVED))
    @rule()
    def fall_short(self) -> None:
        """The provider has too few, which is what a rest is ordered for."""
        self.claim_and_step(Way.SHORT)

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        """Slack delivers something a second time."""
        self.do(data.draw(st.sampled_from(self.acts)))

    # What the engine and the provider do

    @rule(way=_ways)
    def work(self, way: Way) -> None:
        """A bot claims what is due and does a step; it may die at the provider."""
        self.claim_and_step(way)

    @rule(way=_ways, commits=st.integers(0, 1), goes_through=st.booleans())
    def work_and_be_killed(self, way: Way, commits: int, *, goes_through: bool) -> None:
        """A bot does a step and is killed at a commit, before or after it."""
        self.one.journal.killed = (commits, goes_through)
        self.claim_and_step(way)
        self.one.journal.killed = None

    @precondition(lambda self: self.ids)
    @rule(which=_which, one=_ways, other=_ways)
    def both_work(self, which: int, one: Way, other: Way) -> None:
        """Both bots do a step of the same order, as after a claim that ran out."""
        self.seller.ways.extend([one, other])
        self.run(self.steps(self.id_of(which), self.one, self.other))
        self.seller.ways.clear()

    @precondition(lambda self: self.in_state(OrderState.APPROVED))
    @rule()
    def stall(self) -> None:
        """A bot waits for an answer for longer than its claim holds, and the other takes over."""
        self.claim_and_step(Way.HELD)
        self.run(self.clock.jump(LEASE + 1))
        for order_id in self.ids:
            self.run(self.steps(order_id, self.other))

    @precondition(lambda self: self.in_state(OrderState.APPROVED))
    @rule()
    def freeze(self) -> None:
        """A bot is frozen right before it sends a call, and the other one takes over."""
        self.claim_and_step(Way.FROZEN)
        self.run(self.clock.jump(LEASE + 1))
        for order_id in self.ids:
            self.run(self.steps(order_id, self.other))

    @precondition(lambda self: any(not held.done() for held in self.seller.held))
    @rule()
    def answer(self) -> None:
        """An answer that was kept back comes, however late."""
        self.run(self.answer_held())

    @rule(listing=st.sampled_from(Listing))
    def list_differently(self, listing: Listing) -> None:
        """From now on the provider lists all, some or nothing of what was sold, or fails."""
        self.seller.listing = listing

    @rule(seconds=st.sampled_from(_TIMES))
    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.run(self.clock.jump(seconds))

    # What must hold

    @invariant()
    def every_order_is_in_order(self) -> None:
        """Look at each order with all that is known of it elsewhere."""
        self.run(self.check())


def machine_of(redis_url: str, parts: Parts) -> type[Machine]:
    """The machine for bots made of these parts, on this Redis."""
    return type("Machine", (Machine,), {"redis_url": redis_url, "parts": parts})
