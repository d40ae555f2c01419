"""The panel: what the providers sold, what Slack was called for, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.page.seen import celitech_figures, telnyx_figures
from sandbox.page.switches import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.page.scene import Scene
    from sandbox.slack import Usage


@dataclass(frozen=True)
class Panel:
    """The figures of each provider, and the state of each switch."""

    telnyx: telnyx_figures.Figures
    celitech: celitech_figures.Figures
    on: frozenset[str]
    refusals: Mapping[str, str]
    bot: str
    calls: list[Usage]
    """What the bot called each method of Slack's for, and how often it may."""


def panel(scene: Scene) -> Panel:
    """Return the panel as it is now."""
    return Panel(
        telnyx=telnyx_figures.figures(scene),
        celitech=celitech_figures.figures(scene),
        on=frozenset(scene.switches.on),
        refusals=REFUSALS,
        bot=_bot(scene),
        calls=scene.slack.pace.usage(),
    )


def _bot(scene: Scene) -> str:
    """Return what the bot's process does: running, changing, stopped, or nobody's business."""
    if scene.bot is None:
        return "unknown"
    if scene.bot.is_changing:
        return "changing"
    return "running" if scene.bot.is_running else "stopped"
