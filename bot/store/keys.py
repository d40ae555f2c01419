"""Every key in Redis, and what it holds.

The part in braces is the hash tag, one for each workspace. On a Redis Cluster, the keys of one
workspace are on one node, so that one commit can change several orders.
"""

from dataclasses import dataclass

from bot.domain.thing import Thing, ThingKind

TRIGGER_SECONDS = 3600
"""How long a delivered command or click is remembered; Slack's signatures hold 300 s."""
BUCKET_DIGITS = 2
"""Digits at the end of an ICCID by which SIM cards are put together."""


@dataclass(frozen=True)
class Keys:
    """The keys of one workspace."""

    workspace: str
    """Slack team id."""
    room: str = ""
    """Prefix for trials of rights: beside the real keys, under the same access rules."""

    @property
    def agenda(self) -> str:
        """Sorted set: thing (`order:7K2M9QXA`) by the time (ms) at which the engine must look.

        A bare id, as earlier versions wrote it, is an order's; it is renamed when it is claimed.
        """
        return self._key("agenda")

    @property
    def deliveries(self) -> str:
        """Sorted set: thing by the time (ms) at which Slack must be brought up to date with it."""
        return self._key("deliveries")

    @property
    def waiting(self) -> str:
        """Hash: order id to why its messages are delayed, and since when, as JSON."""
        return self._key("waiting")

    @property
    def cards_looked_at(self) -> str:
        """String with a time to live: while it exists, some process checks the open cards."""
        return self._key("cards_looked_at")

    @property
    def audit(self) -> str:
        """Stream: every step of every order (order, version, op, entry as JSON). Never trimmed.

        Also who was given activation codes, and of which eSIMs it was told who has them: with
        version 0, and without an order ("") where none bought them.

        An id is the number of the commit, counted from 1, and of the step in it, from 0.
        """
        return self._key("audit")

    @property
    def former_sims(self) -> str:
        """Hash: ICCID to the id of the order that bought it, as earlier versions wrote it.

        It is only read: a SIM card that stands there stays with its order.
        """
        return self._key("sims")

    @property
    def orders(self) -> str:
        """Sorted set: every order id by its creation (ms); `esim-bot orders` lists by it."""
        return self._key("orders")

    @property
    def server(self) -> str:
        """Hash: what is known of the server.

        `epoch` (another one since it was found to have forgotten), `trusted` (run and replication
        id of the server that forgot nothing since then), `seen` and `since` (another server, and
        when it was first seen, ms).
        """
        return self._key("server")

    @property
    def epochs(self) -> str:
        """Set: the epochs that are over."""
        return self._key("epochs")

    @property
    def processes(self) -> str:
        """Sorted set: registered processes by the end of their lease (ms)."""
        return self._key("processes")

    @property
    def held(self) -> str:
        """Hash: method of Slack's Web API to the time (ms) until which Slack wants it left alone.

        What a 429 told one process, every process learns here. What is over is deleted.
        """
        return self._key("held")

    @property
    def beats(self) -> str:
        """Hash: process to how often it has compared what it saw with what the server has."""
        return self._key("beats")

    @property
    def compared(self) -> str:
        """Hash: process to the server on which it compared last, and the result."""
        return self._key("compared")

    @property
    def sweep(self) -> str:
        """String with a time to live: while it exists, some process has swept a short while ago."""
        return self._key("sweep")

    @property
    def answers(self) -> str:
        """Sorted set: id of an unsent answer by the time (ms) of its next delivery."""
        return self._key("answers")

    @property
    def answer_texts(self) -> str:
        """Hash: id of an answer to what it says and to whom, as JSON; a week at most."""
        return self._key("answer_texts")

    def thing(self, thing: Thing) -> str:
        """Hash: one thing; `version` (steps so far) tells whether it has moved on."""
        return self._key(thing.kind, thing.id)

    @property
    def things(self) -> str:
        """The beginning of every thing's key; its kind and id follow."""
        return self._key("")

    def order(self, order_id: str) -> str:
        """Hash: one order.

        `json` (the order without its attempts, with the first entries of its history),
        `attempt:1` and on (an attempt with its SIM cards each), `version` (steps so far, and
        entries of its history), `listed` (`all`: an earlier version began its list, which has the
        first entries too), `op` and `number` (of the last commit), `sending` (version up to which
        whoever sends the last attempt holds its claim), `epoch` (in which it was placed, or a look
        showed what it bought), `shown` (version that Slack showed last), `waits` (when a delivery
        that waits comes due, in ms; another time in the queue is a claim).

        An order and an attempt are JSON without what has its default, compressed by zlib with the
        dictionary of `bot/store/orders/packing.py`; an earlier version had no dictionary, and its
        orders were plain JSON. `esim-bot order` shows what they hold.
        """
        return self._key("order", order_id)

    def history(self, order_id: str) -> str:
        """List: the order's entries but the first eight as JSON, oldest first; it only grows.

        Those eight lie in the order itself, so that an ordinary one has no list.
        """
        return self._key("history", order_id)

    def iccids(self, digits: str) -> str:
        """Hash: ICCID to the id of the order that bought it, of those that end in these digits.

        One for each two last digits: small hashes take little room (33 bytes an entry up to
        `hash-max-listpack-entries`, 55 beyond), and a SIM card is found by its end.
        """
        return self._key("iccids", digits[-BUCKET_DIGITS:])

    def posted(self, order_id: str) -> str:
        """Hash: message key to what stands on Slack, or why it does not, as JSON."""
        return self._key("posted", order_id)

    def trigger(self, trigger_id: str) -> str:
        """String: the order that this command or click changed; forgotten after an hour."""
        return self._key("trigger", trigger_id)

    @property
    def assignments(self) -> str:
        """Hash: ICCID to who has the eSIM, who has said so and when, as JSON; no code."""
        return self._key("assignments")

    def esim_entries(self, order_id: str) -> str:
        """List: what the audit says of the order's eSIMs, as JSON, oldest first.

        Who was given their codes, and that somebody has said who has them; no code, no holder.
        """
        return self._key("esim_entries", order_id)

    def hand_out(self, hand_out_id: str) -> str:
        """Hash: a hand-out, without any code, until its messages are gone.

        `json` (what it is), `version` (changes so far), `op` (of the last one).

        It is a thing of the agenda: it comes due when whoever gives it has ended without a word,
        and when its messages must be deleted.
        """
        return self.thing(Thing(ThingKind.HAND_OUT, hand_out_id))

    def requester(self, user: str) -> str:
        """Sorted set: ids of the orders for this person by creation (ms)."""
        return self._key("requester", user)

    def channel(self, channel: str) -> str:
        """Sorted set: ids of this channel's orders by creation (ms)."""
        return self._key("channel", channel)

    def state(self, state: str) -> str:
        """Sorted set: ids of the orders in this state by creation (ms)."""
        return self._key("state", state)

    def _key(self, *parts: str) -> str:
        rooms = (self.room,) if self.room else ()
        return ":".join((f"esim:{{{self.workspace}}}", *rooms, *parts))
