"""The activation codes of many eSIMs as a page to print: a label for each of them.

It is one file that loads nothing from anywhere. A label has room around its QR code, so that a
phone does not catch its neighbour's. Confirmation codes stand on a page of their own at the end:
whoever finds a label alone can't use it.
"""

import html
from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain.activation.hand_out import FoundCode, HandOut
from bot.slack.activation.message import last_digits
from bot.slack.activation.picture import svg
from bot.slack.mrkdwn import esims

_COLUMNS: Final = 2
_STYLE: Final = """
@page { size: auto; margin: 12mm 10mm }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 190mm; color: #000; background: #fff;
  font: 9pt/1.3 system-ui, "Noto Sans", "Segoe UI", Arial, sans-serif }
header { display: flex; justify-content: space-between; gap: 5mm; height: 10mm; font-size: 7.5pt;
  overflow: hidden }
header span { flex: 1 }
.row { display: flex; gap: 6mm; height: 59mm; break-inside: avoid }
.label { display: flex; gap: 5mm; flex: 0 0 calc(50% - 3mm); height: 55mm; padding: 4mm;
  border: .2mm dashed #999; border-radius: 2mm; overflow: hidden }
.label svg, .label .none { flex: none; width: 41mm; height: 41mm }
.label .none { border: .2mm solid #999; padding: 2mm }
.about { flex: 1; min-width: 0; display: flex; flex-direction: column; gap: 1.5mm }
.last { font: 700 15pt/1 ui-monospace, "Noto Sans Mono", Consolas, monospace }
.line { font-weight: 700; overflow-wrap: anywhere; overflow: hidden; display: -webkit-box;
  -webkit-box-orient: vertical; -webkit-line-clamp: 3; max-height: 3.9em }
.small { font-size: 7.5pt; color: #333; overflow-wrap: anywhere }
.person { margin-top: auto; border-bottom: .3mm solid #000; min-height: 9mm; max-height: 12mm;
  display: flex; align-items: flex-end; overflow: hidden; overflow-wrap: anywhere }
.person bdi { min-width: 0; width: 100% }
table { border-collapse: collapse; break-before: page }
caption { white-space: nowrap; text-align: left; padding: 2mm 0 } td, th { border: .2mm solid #999;
  padding: 1mm 3mm; text-align: left }
.screen { padding: 3mm; background: #fff3cd } @media print { .screen { display: none } }
@media screen and (max-width: 180mm) { header { height: auto } .row { display: block; height: auto }
  .label { margin-bottom: 4mm; padding: 4mm 2mm; gap: 3mm } }
"""
_HEAD: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'\">"
    '<meta name="referrer" content="no-referrer"><meta name="viewport" '
    'content="width=device-width"><title>{title}</title><style>{style}</style></head><body>'
    '<p class="screen">Print this at 100 %, then delete the file: whoever has a label can take '
    "the line, and each code works once.</p>"
)


def sheet(found: Sequence[FoundCode], hand_out: HandOut, title: str) -> bytes:
    """The page, in HTML. It takes some ten milliseconds for each code: call it in a thread.

    `title` is the provider's name as people know it.
    """
    return "".join(_parts(found, hand_out, title)).encode("utf-8", "replace")


def _parts(found: Sequence[FoundCode], hand_out: HandOut, title: str) -> Iterator[str]:
    of_order = f" of order {hand_out.order_id}" if hand_out.order_id else ""
    yield _HEAD.format(title=html.escape(f"eSIMs{of_order}"), style=_STYLE)
    yield (
        f"<header><span>{esims(len(found))}{html.escape(of_order)}, from <bdi>"
        f"{html.escape(title[:60])}</bdi> · {hand_out.at:%Y-%m-%d}</span><span>iPhone: Settings, "
        "Cellular, Add eSIM. Android: Settings, Network &amp; internet, SIMs. Works once.</span>"
        "</header>"
    )
    for start in range(0, len(found), _COLUMNS):
        labels = "".join(map(_label, found[start : start + _COLUMNS]))
        yield f'<div class="row">{labels}</div>'
    yield from _confirmations(found)
    yield "</body></html>"


def _label(each: FoundCode) -> str:
    """One eSIM: its QR code, by what it is told apart, and a field for the person."""
    picture = svg(each.code) or '<div class="none">This code fits into no QR code.</div>'
    line = f'<div class="line" dir="auto">{html.escape(each.line[:120])}</div>' * bool(each.line)
    asks = '<div class="small">The phone asks for a confirmation code.</div>'
    whose = each.holder.email or each.holder.name if each.holder is not None else ""
    return (
        f'<div class="label">{picture}<div class="about"><div class="last">'
        f"…{html.escape(last_digits(each.iccid))}</div>{line}"
        f'<div class="small">No. {each.number:,} · ICCID {html.escape(each.iccid[:40])}</div>'
        f"{asks * each.code.needs_confirmation}"
        f'<div class="person"><bdi>{html.escape(whose)}</bdi></div>'
        '<div class="small">Person</div></div></div>'
    )


def _confirmations(found: Sequence[FoundCode]) -> Iterator[str]:
    """Confirmation codes, on a page of their own; nothing where there are none."""
    told = [each for each in found if each.code.confirmation]
    if not told:
        return
    yield "<table><caption>Confirmation codes: keep them apart from the labels</caption>"
    yield "<tr><th>No.</th><th>ICCID ends in</th><th>Confirmation code</th></tr>"
    for each in told:
        cells = (f"{each.number:,}", last_digits(each.iccid), each.code.confirmation)
        yield f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>"
    yield "</table>"
