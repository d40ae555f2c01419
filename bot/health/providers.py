"""The checks of the providers."""

from collections.abc import Sequence
from dataclasses import replace

from bot.check import Check
from bot.providers.base import Providers


def provider_checks(providers: Providers) -> Sequence[Check]:
    """The checks of every provider; where there are several, each is named after its own."""
    several = len(providers) > 1
    return [
        replace(check, name=f"{check.name}:{name}") if several else check
        for name, provider in providers.items()
        for check in provider.checks()
    ]
