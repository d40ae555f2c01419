"""Why requests do not fit: the secret, the clock, or a stranger; and what an operator reads."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from structlog.testing import capture_logs

from bot.metrics import Metrics
from bot.slack.listening import InboundStatus, Refused
from handlers.door.proof import NotProvenError, Proof

if TYPE_CHECKING:
    from tests.support.clock import ManualClock

SECRET, BODY = "8f742231b10e8888abcd99yyyzzz85a5", b"command=%2Fesim&text=help"
NOW = 1_767_268_800


def headers(stamp: int, secret: str = SECRET, body: bytes = BODY) -> CIMultiDictProxy[str]:
    """What a request carries that was signed then."""
    text = b":".join((b"v0", str(stamp).encode(), body))
    digest = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    sent = {"x-slack-request-timestamp": str(stamp), "x-slack-signature": f"v0={digest}"}
    return CIMultiDictProxy(CIMultiDict(sent))


def verdict(sent: CIMultiDictProxy[str], body: bytes = BODY) -> tuple[Refused, float] | None:
    """Why a request is turned away now; None for one that is not."""
    proof = Proof(SECRET, now=lambda: NOW)
    try:
        proof.check(proof.claim(sent), body)
    except NotProvenError as wrong:
        return wrong.reason, wrong.skew
    return None


@pytest.mark.parametrize("skew", [0, 1, -1, 300, -300])
def test_a_request_of_now(skew: int) -> None:
    """A signature is good for five minutes, and for a clock that is as much ahead."""
    assert verdict(headers(NOW - skew)) is None


@pytest.mark.parametrize("skew", [301, -301, 400, 86_400])
def test_a_clock_that_is_off(skew: int) -> None:
    """A signature that fits and is of another time tells the clock for certain."""
    assert verdict(headers(NOW - skew)) == (Refused.CLOCK, skew)


def test_a_secret_that_is_off() -> None:
    """A request of now that does not fit is signed with another secret, or by nobody."""
    assert verdict(headers(NOW, "another secret")) == (Refused.SIGNATURE, 0)
    assert verdict(headers(NOW), BODY + b"x") == (Refused.SIGNATURE, 0)


def test_both_off() -> None:
    """Old and not ours: either, or a stranger."""
    assert verdict(headers(NOW - 400, "another secret")) == (Refused.OLD, 400)


@pytest.fixture
def inbound(clock: ManualClock) -> InboundStatus:
    """Hear nothing yet."""
    return InboundStatus(clock, Metrics())


def said(inbound: InboundStatus, reason: Refused, skew: float = 0) -> str:
    """What the log says of a refusal."""
    with capture_logs() as logs:
        inbound.refused(reason, skew)
    (line,) = logs
    return str(line.get("why", ""))


def test_the_log_names_the_clock(inbound: InboundStatus) -> None:
    """With the difference and what to do; health shows the same."""
    expected = "Slack's clock and this machine's differ by 400 s: set the clock (NTP)."
    assert said(inbound, Refused.CLOCK, -400) == expected
    assert inbound.facts().problem == expected


def test_the_log_names_the_secret(inbound: InboundStatus) -> None:
    """With where a right one is found."""
    why = said(inbound, Refused.SIGNATURE)
    assert "SLACK_SIGNING_SECRET does not fit" in why
    assert "Basic Information" in why
    assert inbound.facts().problem == why


def test_a_stranger_alarms_nobody(inbound: InboundStatus) -> None:
    """While other requests prove themselves, neither secret nor clock can be wrong."""
    inbound.heard()
    for reason in (Refused.SIGNATURE, Refused.CLOCK, Refused.OLD):
        assert "other requests proved themselves" in said(inbound, reason, 4000)
    assert inbound.facts().problem == ""


def test_strangers_do_not_hide_the_clock(inbound: InboundStatus) -> None:
    """A certain reason stays, whoever else knocks with a signature of nobody's."""
    said(inbound, Refused.CLOCK, 400)
    said(inbound, Refused.SIGNATURE)
    assert "differ by 400 s" in inbound.facts().problem


async def test_what_is_mended_is_no_problem(inbound: InboundStatus, clock: ManualClock) -> None:
    """One request that proves itself, or ten quiet minutes, end it."""
    said(inbound, Refused.CLOCK, 400)
    inbound.heard()
    assert (inbound.facts().problem, inbound.facts().last_heard) == ("", 0)
    await clock.jump(700)
    said(inbound, Refused.OLD, 500)
    assert inbound.facts().problem
    assert inbound.facts().last_heard == 700
    await clock.jump(601)
    assert inbound.facts().problem == ""


@pytest.mark.parametrize("reason", sorted(set(Refused) - {"signature", "clock", "old"}))
def test_what_only_strangers_send(inbound: InboundStatus, reason: Refused) -> None:
    """It is counted, and is nothing that an operator could mend."""
    assert said(inbound, reason) == ""
    assert (inbound.facts().problem, inbound.facts().refused) == ("", 1)


def test_refusals_are_counted_by_reason(clock: ManualClock) -> None:
    """A monitoring system sees each, also those that the log leaves out."""
    metrics = Metrics()
    inbound = InboundStatus(clock, metrics)
    for _ in range(3):
        inbound.refused(Refused.PATH)
    assert b'esim_requests_refused_total{reason="path"} 3.0' in metrics.text()
