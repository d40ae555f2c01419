"""Everything that can happen to orders, in any sequence, against a real Redis."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RULE_MARKER, initialize, invariant, precondition, rule

from bot.domain.events import OrderState
from bot.domain.policy import Member
from bot.domain.request import OrderKind
from bot.store.queues import LEASE
from tests.support.machine.focus import (
    AMOUNTS,
    FIRST_CALLS,
    STUCK,
    TILL,
    WHOLE,
    Focus,
    Start,
)
from tests.support.machine.ground import MOST, Act, Ground
from tests.support.machine.parts import ANA, BEN, CARLA, DAN, LOOKUPS, Parts
from tests.support.machine.priced import Till, not_sold, unasked
from tests.support.machine.seller import Listing, Seller, Way

_TIMES = (1.0, LEASE + 1, 31.0, 300.0, 601.0, 3601.0)
_ways = st.sampled_from(Way)
_people = st.sampled_from([ANA, BEN, CARLA, DAN])
_which = st.integers(0, MOST - 1)
_OPERATOR = Member.operator("root", "bot-1")
MANY = MOST + 2
"""Orders of a run, with those for the rest of others."""


class Machine(Ground):
    """Two bots on one Redis. Each rule is something that may happen at any time."""

    starts: ClassVar[Sequence[Start]] = WHOLE.starts
    providers: ClassVar[Sequence[str]] = WHOLE.providers
    kinds: ClassVar[Sequence[OrderKind]] = WHOLE.kinds

    # What people do

    @initialize(who=st.sampled_from([ANA, BEN]), amount=st.integers(1, 5), data=st.data())
    def begin(self, who: str, amount: int, data: st.DataObject) -> None:
        """There is an order to begin with, which has come some way."""
        start = data.draw(st.sampled_from(self.starts))
        kind = data.draw(st.sampled_from(self.kinds))
        if kind is OrderKind.PURCHASE:
            self.place(who, AMOUNTS.get(start, amount), data=data)
        else:
            self.place_change(who, kind)
        self.every_order_is_in_order()
        if self.in_state(OrderState.CHECKING):
            self.claim_and_step(Way.WHOLE)
        if start is Start.PLACED:
            return
        self.click("approve", 0, CARLA)
        if start in STUCK:
            self.seller.listing = Listing.NONE
        if start in FIRST_CALLS:
            self.claim_and_step(FIRST_CALLS[start])
        for seconds in LOOKUPS if start in STUCK else ():
            self.other_works(seconds)
        self.every_order_is_in_order()
        self._go_further(start)

    def _go_further(self, start: Start) -> None:
        match start:
            case Start.AGAIN_UNSEEN | Start.AGAIN_FOUND if self.in_state(
                OrderState.NEEDS_ATTENTION
            ):
                found = start is Start.AGAIN_FOUND
                self.buy_again(0, Listing.ALL if found else Listing.FAILS, twice=False)
            case Start.RISEN | Start.RISEN_LATER:
                self.reprice_and_work(Way.WHOLE, 400)
            case Start.FROZEN:
                self.freeze_until_a_person_decides("close", connecting=True)
            case Start.FOREIGN:
                self.do(Act("place", ANA, f"t{len(self.acts)}", amount=2))
                self.click("approve", 1, CARLA)
                self.claim_and_step(Way.FOREIGN)

    @precondition(lambda self: len(self.ids) < MOST)
    @rule(who=st.sampled_from([ANA, BEN]), amount=st.integers(1, 5), data=st.data())
    def place(self, who: str, amount: int, *, data: st.DataObject) -> None:
        """Somebody orders; an approver may do so, too."""
        provider = data.draw(st.sampled_from(self.providers))
        trigger = f"t{len(self.acts)}"
        self.do(Act("place", who, trigger, amount=amount, provider=provider))

    @precondition(lambda self: len(self.ids) < MOST and TILL in self.providers)
    @rule(who=st.sampled_from([ANA, BEN]), kind=st.sampled_from(OrderKind))
    def place_change(self, who: str, kind: OrderKind) -> None:
        """Somebody orders a change of a SIM card that was bought before."""
        trigger = f"t{len(self.acts)}"
        self.do(Act("place", who, trigger, amount=1, provider=TILL, kind=kind))

    @precondition(lambda self: any(act.what == "approve" for act in self.acts))
    @rule(data=st.data())
    def click_an_old_card(self, data: st.DataObject) -> None:
        """Somebody approves what they saw long ago; it may have changed since."""
        old = data.draw(st.sampled_from([act for act in self.acts if act.what == "approve"]))
        self.do(replace(old, trigger=f"t{len(self.acts)}", who=CARLA))

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

    @precondition(lambda self: self.in_state(OrderState.NEEDS_ATTENTION))
    @rule(which=_which, listing=st.sampled_from(Listing), twice=st.booleans())
    def buy_again(self, which: int, listing: Listing, *, twice: bool) -> None:
        """An approver buys again, once or twice; the look before it shows whatever it shows."""
        self.seller.listing = listing
        stuck = [each for each in self.ids if self.states.get(each) == "needs_attention"]
        place = self.ids.index(stuck[which % len(stuck)])
        for _ in range(1 + twice):
            self.click("buy_again", place, CARLA)
        self.claim_and_step(Way.WHOLE)

    @precondition(lambda self: self.in_state(OrderState.APPROVED))
    @rule(way=st.sampled_from([Way.SHORT, Way.SHORT_AT_FIRST]))
    def fall_short(self, way: Way) -> None:
        """The provider has too few, at least at first: that is what a rest is ordered for."""
        self.claim_and_step(way)

    @precondition(lambda self: self.in_state(OrderState.PARTLY_PURCHASED) and len(self.ids) < MANY)
    @rule(which=_which, listings=st.tuples(st.sampled_from(Listing), st.sampled_from(Listing)))
    def buy_rest(self, which: int, listings: tuple[Listing, Listing]) -> None:
        """The rest is ordered, checked, approved, and checked again; more may turn up meanwhile."""
        self.order_rest(which, CARLA)
        for listing in listings:
            self.seller.listing = listing
            self.other_works(0)
            self.click("approve", len(self.ids) - 1, BEN)

    @precondition(lambda self: self.ids)
    @rule(which=_which)
    def requeue(self, which: int) -> None:
        """The operator has an order looked at now, whatever its state."""
        self.run(self.clock.jump(1))
        self.run(self.one.orders.requeue(self.id_of(which), _OPERATOR))

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
        self.one.death.killed = (commits, goes_through)
        self.claim_and_step(way)
        self.one.death.killed = None

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
        self.other_works(LEASE + 1)

    @precondition(lambda self: self.in_state(OrderState.APPROVED))
    @rule(connecting=st.booleans())
    def freeze(self, *, connecting: bool) -> None:
        """A bot is frozen after its commit or while it connects, and the other one takes over."""
        if not connecting:
            self.one.death.frozen = self.seller.hold
        self.claim_and_step(Way.FROZEN if connecting else Way.WHOLE)
        self.one.death.frozen = None
        self.other_works(LEASE + 1)

    @precondition(lambda self: self.in_state(OrderState.APPROVED))
    @rule(connecting=st.booleans(), what=st.sampled_from(["close", "buy_again", "look_again"]))
    def freeze_until_a_person_decides(self, what: str, *, connecting: bool) -> None:
        """The other one finds nothing, a person decides, and only then the frozen one thaws."""
        self.seller.listing = Listing.NONE
        self.freeze(connecting=connecting)
        for seconds in LOOKUPS:
            self.other_works(seconds)
        for which in range(len(self.ids)):
            self.click(what, which, CARLA)
        while any(not held.done() for held in self.seller.held):
            self.run(self.answer_held())

    def other_works(self, seconds: float) -> None:
        """After that time the other bot does what is due."""
        self.run(self.clock.jump(seconds))
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
        """Time goes by, and each bot says that it lives."""
        self.run(self.clock.jump(seconds))
        self.run(self.beat())

    # What becomes of the price

    @precondition(lambda self: TILL in self.providers)
    @rule(cents=st.sampled_from([200, 300, 400]))
    def reprice(self, cents: int) -> None:
        """The price rises or falls, or comes back to what it was."""
        self.till.cents = cents

    @precondition(lambda self: TILL in self.providers and self.in_state(OrderState.APPROVED))
    @rule(way=_ways, cents=st.sampled_from([200, 400]))
    def reprice_and_work(self, way: Way, cents: int) -> None:
        """The price changes right before a call."""
        self.till.cents = cents
        self.claim_and_step(way)

    @precondition(lambda self: TILL in self.providers)
    @rule(times=st.integers(1, 3))
    def tell_no_price(self, times: int) -> None:
        """The next questions for a price fail."""
        self.till.answers.extend([unasked()] * times)

    @precondition(lambda self: TILL in self.providers and not self.till.answers)
    @rule()
    def sell_no_more(self) -> None:
        """When its price is asked next, it is not sold."""
        self.till.answers.append(not_sold())

    @precondition(lambda self: TILL in self.providers)
    @rule(keeps=st.booleans())
    def keep_keys(self, *, keeps: bool) -> None:
        """From now on the same bytes sell nothing more, or they do, as at older servers."""
        self.seller.keeps_keys = keeps

    # What becomes of Redis

    @precondition(lambda self: not self.restarted)
    @rule(at_once=st.booleans())
    def restart_redis(self, *, at_once: bool) -> None:
        """Redis is another server than before, and has all that it had: orders go on."""
        self.restarted = True
        type(self).restart()
        if at_once:
            self.run(self.go_on())

    @precondition(lambda self: self.restarted and self.in_state(OrderState.APPROVED))
    @rule()
    def settle(self) -> None:
        """Both bots go on for a while."""
        self.run(self.go_on())

    @rule(other=st.booleans())
    def vouch(self, *, other: bool) -> None:
        """One bot compares what it saw."""
        self.run(self.beat(self.other if other else self.one))

    # What must hold

    @invariant()
    def every_order_is_in_order(self) -> None:
        """Look at each order with all that is known of it elsewhere."""
        self.run(self.check())


def machine_of(
    redis_url: str,
    parts: Parts,
    restart: Callable[[], None],
    focus: Focus = WHOLE,
    till: Callable[[Seller, str], Till] = Till,
) -> type[Machine]:
    """The machine for bots made of these parts, on this Redis, which `restart` restarts.

    With a focus only some of the rules may happen, and what must hold is the same.
    """
    members = {
        "redis_url": redis_url,
        "parts": parts,
        "restart": staticmethod(restart),
        "till_of": staticmethod(lambda seller: till(seller, TILL)),
        "starts": focus.starts,
        "providers": focus.providers,
        "kinds": focus.kinds,
    }
    found = {name: getattr(what, RULE_MARKER, None) for name, what in vars(Machine).items()}
    rules = {name: rule.function for name, rule in found.items() if rule}
    moves = set(focus.moves.split()) or set(rules)
    assert moves <= set(rules), f"no such rules: {moves - set(rules)}"
    only_called = {name: function for name, function in rules.items() if name not in moves}
    return type("Machine", (Machine,), {**members, **only_called})
