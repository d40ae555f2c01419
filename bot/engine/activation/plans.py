"""What a hand-out would be: of which eSIMs, to whom, from which provider; nothing is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.domain.activation.errors import NoEsims, UnknownIccid
from bot.domain.activation.hand_out import Wish
from bot.domain.activation.iccids import plain_iccid, spellings
from bot.domain.order import Order
from bot.domain.policy import Action, Member, Policy
from bot.domain.purchase.sim import Sim
from bot.domain.request import OrderKind
from bot.domain.thing import read_order_id
from bot.engine.activation.ports import People
from bot.errors import NotPossibleThere, UnknownOrder
from bot.providers.base import Providers, provider_of
from bot.providers.capabilities import Codes
from bot.store.orders import OrderStore

_VERB = "activate"


@dataclass(frozen=True)
class Plan:
    """A hand-out that this person may have given to that one."""

    wish: Wish
    sims: tuple[Sim, ...]
    """Whose codes."""
    numbers: tuple[int, ...]
    """The place of each in its order, from 1."""
    order: Order | None
    """The order that bought them; None for none of ours."""
    sellers: tuple[str, ...]
    """Names of the providers that are asked: the first that knows the eSIM gives its code."""
    title: str
    """What people call them."""

    @property
    def names(self) -> tuple[str, ...]:
        """The ICCIDs; of one without, the provider's id."""
        return tuple(sim.iccid or sim.provider_id or "" for sim in self.sims)

    @property
    def digest(self) -> str:
        """A short text that is another one for other eSIMs, or other providers that are asked."""
        told = "\n".join((*self.sellers, "", *self.names))
        return sha256(told.encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def order_id(self) -> str:
        """The order's id; "" for none."""
        return self.order.id if self.order else ""


@dataclass(frozen=True)
class _Found:
    """What a wish is about."""

    order: Order | None
    sims: Sequence[Sim]
    numbers: Sequence[int]


class Plans:
    """Makes plans. Each asks the policy, and Slack who the recipient is now."""

    def __init__(
        self, orders: OrderStore, policy: Policy, providers: Providers, people: People
    ) -> None:
        self._orders = orders
        self._policy = policy
        self._providers = providers
        self._people = people

    async def of(self, wish: Wish, by: Member) -> Plan:
        """What this wish would do.

        Raises NotAllowed, NotARecipient, UnknownOrder, UnknownIccid, NoEsims, NotPossibleThere,
        StoreUnavailable, SlackError.
        """
        found = await self._found(wish.subject)
        self._check(wish, by, found.order)
        sellers = self._sellers(wish, found.order)
        self._policy.check_recipient(await self._people.recipient(wish.to))
        titles = [self._providers[name].form.title for name in sellers]
        return Plan(
            wish,
            tuple(found.sims),
            tuple(found.numbers),
            found.order,
            sellers,
            " or ".join(titles),
        )

    async def owner(self, iccid: str) -> tuple[Order | None, str]:
        """The order that bought this eSIM, None for none of ours; its ICCID as it stands there.

        An ICCID may be written without its last digit, or with one more. Raises UnknownIccid for
        what is no ICCID, or fits several.
        """
        plain = plain_iccid(iccid)
        if plain is None:
            raise UnknownIccid(iccid)
        owners = await self._orders.owners(spellings(plain))
        if not owners:
            return None, plain
        if plain not in owners and len(owners) > 1:
            raise UnknownIccid(plain)
        known = plain if plain in owners else next(iter(owners))
        return await self._orders.load(owners[known]), known

    async def _found(self, subject: str) -> _Found:
        order_id = read_order_id(subject)
        if order_id is not None:
            return await self._of_order(order_id)
        order, iccid = await self.owner(subject)
        if order is None:
            return _Found(None, (Sim(iccid=iccid),), (1,))
        its = [(n, sim) for n, sim in enumerate(_counted(order), 1) if sim.iccid == iccid]
        if not its:
            raise UnknownIccid(iccid)
        return _Found(order, [sim for _, sim in its], [number for number, _ in its])

    async def _of_order(self, order_id: str) -> _Found:
        order = await self._orders.load(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        sims = _counted(order)
        if order.kind != OrderKind.PURCHASE or not sims:
            raise NoEsims(order_id)
        return _Found(order, sims, range(1, len(sims) + 1))

    def _check(self, wish: Wish, by: Member, order: Order | None) -> None:
        """Raise NotAllowed where this person may not have them given to that one."""
        if order is None:
            self._policy.may(by, Action.ACTIVATE_FOREIGN)
        else:
            own = wish.to == by.id
            self._policy.may(by, Action.ACTIVATE if own else Action.SEND_CODES, order)

    def _sellers(self, wish: Wish, order: Order | None) -> tuple[str, ...]:
        """Whom to ask. Raises NotPossibleThere where none of them can give codes."""
        named = order.provider if order else wish.provider
        asked = (named,) if named else tuple(self._providers)
        able = tuple(name for name in asked if isinstance(self._providers.get(name), Codes))
        if not able:
            title = provider_of(self._providers, named).form.title if named else "no provider here"
            raise NotPossibleThere(title, _VERB)
        return able


def _counted(order: Order) -> list[Sim]:
    """The eSIMs that the order bought, as far as one could ask for their codes."""
    return [sim for sim in order.sims if sim.counts and (sim.iccid or sim.provider_id)]
