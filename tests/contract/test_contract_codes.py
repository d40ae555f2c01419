"""A provider with activation codes gives them when asked, says why not, and tells nobody else."""

import base64
import logging
from collections.abc import Callable
from urllib.parse import quote

import pytest
import structlog

from bot.domain.activation.code import ActivationCode, CodeNotGiven, WhyNoCode
from bot.domain.purchase.outcome import Bought
from bot.domain.purchase.sim import Sim
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.base import Provider
from bot.providers.capabilities import Codes
from tests.contract.sides.relay import Exchange, Fault, after_all, instead
from tests.contract.sides.side import Side
from tests.integration.providers.wire.calls import OPEN
from tests.integration.providers.wire.rude_server import answers, breaks_off, closes, resets

STRANGE = "8988399999999999999"
"""An ICCID that no far side has."""
FAILURES = {
    "closed": closes,
    "reset": resets,
    "cut": breaks_off(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    "redirect": answers("307 Go", b"", "Location: /elsewhere"),
    **{
        f"HTTP {status}": answers(f"{status} No", b'{"message": "no"}')
        for status in (401, 403, 408, 500, 502, 503)
    },
}
"""Answers that say nothing about an eSIM."""
NO_CODES = {
    "no JSON": b"<html></html>",
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "nested": b'{"data": [[]], "esim": [1]}',
    "other kinds": b'{"data": {"activation_code": 7}, "esim": {"manualActivationCode": [1]}}',
}
"""Successes without a code in them."""


async def bought(side: Side, provider: Provider, count: int = 1) -> tuple[Sim, ...]:
    """ESIMs as their order keeps them."""
    outcome = await provider.purchase(await side.call(provider, count), OPEN)
    assert isinstance(outcome, Bought)
    return outcome.sims


async def asked(provider: Provider, sim: Sim) -> ActivationCode:
    """The code of an eSIM, of a provider that has codes."""
    assert isinstance(provider, Codes)
    return await provider.activation_code(sim)


async def test_a_code_is_given(side: Side, provider: Provider) -> None:
    """The whole text of this eSIM's own code, as its order knows it, by ICCID or id alone too."""
    for sim in await bought(side, provider, 3):
        names = [sim, Sim(iccid=sim.iccid)]
        names += [Sim(provider_id=sim.provider_id)] if sim.provider_id else []
        for name in names:
            code = await asked(provider, name)
            assert code.text == side.code(sim)
            assert not code.needs_confirmation
            assert not code.confirmation
    assert side.received == 1


async def test_a_code_is_never_kept(side: Side, provider: Provider) -> None:
    """Two who ask are two calls: nothing is answered from memory."""
    (sim,) = await bought(side, provider)
    for number in (1, 2):
        await asked(provider, sim)
        assert len(side.relay.sent(side.code_target(sim))) == number
    side.let_be(sim, WhyNoCode.INSTALLED)
    with pytest.raises(CodeNotGiven):
        await asked(provider, sim)


async def test_a_confirmation_code(side: Side, provider: Provider) -> None:
    """It comes beside the text, never in it."""
    (sim,) = await bought(side, provider)
    confirmation = side.ask_confirmation(sim)
    code = await asked(provider, sim)
    assert (code.confirmation, code.needs_confirmation) == (confirmation, True)
    assert confirmation not in code.text


@pytest.mark.parametrize("why", [WhyNoCode.INSTALLED, WhyNoCode.NOT_READY, WhyNoCode.GONE])
async def test_why_there_is_none(side: Side, provider: Provider, why: WhyNoCode) -> None:
    """One that is installed, not ready or gone is told as what it is; the others have theirs."""
    sim, other = await bought(side, provider, 2)
    side.let_be(sim, why)
    with pytest.raises(CodeNotGiven) as refused:
        await asked(provider, sim)
    assert refused.value.why is why
    assert (await asked(provider, other)).text == side.code(other)


async def test_an_esim_that_is_not_known(side: Side, provider: Provider) -> None:
    """One that was never there is not known; so is one that has no name at all."""
    (sim,) = await bought(side, provider)
    for unknown in (Sim(iccid=STRANGE), Sim(iccid="no number"), Sim()):
        with pytest.raises(CodeNotGiven) as refused:
            await asked(provider, unknown)
        assert refused.value.why is WhyNoCode.NOT_KNOWN
    assert (await asked(provider, sim)).text == side.code(sim)


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_provider_that_is_down(side: Side, provider: Provider, failure: str) -> None:
    """It could not be asked, after few tries: that says nothing about the eSIM."""
    (sim,) = await bought(side, provider)
    side.relay.befall_all(side.code_target(sim), instead(FAILURES[failure]))
    with pytest.raises(LookupFailed):
        await asked(provider, sim)
    assert 1 <= len(side.relay.sent(side.code_target(sim))) <= 4
    side.relay.mend()
    assert (await asked(provider, sim)).text == side.code(sim)


async def test_a_wrong_key(side: Side, provider: Provider) -> None:
    """It is the operator's trouble, and no word about the eSIM."""
    (sim,) = await bought(side, provider)
    with pytest.raises(LookupFailed):
        await asked(side.provider(stranger=True), sim)


@pytest.mark.parametrize("body", NO_CODES)
async def test_an_answer_without_a_code(side: Side, provider: Provider, body: str) -> None:
    """It is told that there is none, or what the eSIM itself shows; no fault comes out of it."""
    (sim,) = await bought(side, provider)
    side.relay.befall_all(side.code_target(sim), instead(answers("200 OK", NO_CODES[body])))
    with pytest.raises(CodeNotGiven) as refused:
        await asked(provider, sim)
    assert refused.value.why in {WhyNoCode.UNREADABLE, WhyNoCode.NOT_READY}


async def test_too_many_calls(side: Side, provider: Provider) -> None:
    """It is asked again when the provider allows it, and not a moment earlier."""
    (sim,) = await bought(side, provider)
    too_many = answers("429 Too Many Requests", b"{}", "Retry-After: 30")
    side.relay.befall_next(side.code_target(sim), instead(too_many))
    for _ in range(3):
        with pytest.raises(LookupPostponed) as postponed:
            await asked(provider, sim)
        assert 29 <= postponed.value.seconds <= 30
    assert len(side.relay.sent(side.code_target(sim))) == 1
    await side.clock.jump(31)
    assert (await asked(provider, sim)).text == side.code(sim)


# Who else reads it

WAYS: dict[str, Callable[[str], str]] = {
    "text": lambda text: text,
    "percent": lambda text: quote(text, safe=""),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
}


def forms(side: Side, sim: Sim) -> set[str]:
    """The code of an eSIM and its parts, in every encoding."""
    code = ActivationCode(side.code(sim))
    texts = (code.text, code.text[4:], code.matching_id, code.iphone_link, code.android_link)
    return {way(text) for text in texts for way in WAYS.values()}


def repeats(side: Side, sim: Sim, status: str) -> Fault:
    """An answer whose own words hold the code in each form."""
    told = ", ".join(sorted(forms(side, sim)))
    text = f'"no {told} now"'.encode()
    parts = b'"error": %s, "message": %s, "errors": [{"title": %s, "detail": %s}]'
    return instead(answers(status, b"{%s}" % (parts % (text, text, text, text))))


async def unreadable(exchange: Exchange) -> None:
    """Pass the answer on, with codes of a version that nobody knows."""
    whole = await exchange.carried_out()
    exchange.writer.write(whole.replace(b"LPA:1$", b"LPA:9$"))
    exchange.writer.close()


async def _what_others_read(
    provider: Provider, sim: Sim, caplog: pytest.LogCaptureFixture, *, variables: bool = True
) -> str:
    """All that a log, a traceback with its variables, or an error could show of one asking."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        try:
            told = [repr(await asked(provider, sim))]
        except (CodeNotGiven, LookupFailed, LookupPostponed):
            failed = pytest.ExceptionInfo.from_current()
            error = failed.value
            told = [str(error), repr(error), repr(error.args), repr(vars(error))]
            told += [str(failed.getrepr(style="long", showlocals=variables, chain=True))]
    return "\n".join([*told, caplog.text, repr(lines), repr(provider), repr(vars(provider))])


@pytest.mark.parametrize(
    "status", ["400 Bad", "401 No", "404 Not Found", "409 No", "422 Odd", "429 Wait", "500 Oh"]
)
async def test_a_refusal_tells_no_part_of_a_code(
    side: Side, provider: Provider, caplog: pytest.LogCaptureFixture, status: str
) -> None:
    """Whatever a far side repeats, in whatever encoding."""
    (sim,) = await bought(side, provider)
    side.relay.befall_all(side.code_target(sim), repeats(side, sim, status))
    told = await _what_others_read(provider, sim, caplog)
    assert [form for form in forms(side, sim) if form in told] == []


@pytest.mark.parametrize("fault", ["none", "unreadable", "cut", "closed"])
async def test_no_part_of_a_code_is_told(
    side: Side, provider: Provider, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    """Neither where it is given, nor where it can't be read or its answer is lost."""
    (sim,) = await bought(side, provider)
    faults = {
        "unreadable": unreadable,
        "closed": after_all(closes),
        "cut": after_all(breaks_off(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")),
    }
    if fault in faults:
        side.relay.befall_all(side.code_target(sim), faults[fault])
    told = await _what_others_read(provider, sim, caplog)
    assert [form for form in forms(side, sim) if form in told] == []
    told = await _what_others_read(provider, sim, caplog, variables=False)
    assert [secret for secret in side.secrets if secret in told] == []


async def test_a_code_that_can_not_be_read(side: Side, provider: Provider) -> None:
    """It is not given half: the person hears that the answer was none."""
    (sim,) = await bought(side, provider)
    side.relay.befall_all(side.code_target(sim), unreadable)
    with pytest.raises(CodeNotGiven) as refused:
        await asked(provider, sim)
    assert refused.value.why is WhyNoCode.UNREADABLE
    assert refused.value.__context__ is None
