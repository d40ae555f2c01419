"""Requests for Telnyx, from the options that a test names."""

from typing import Any

from bot.domain.form import Form, Forms
from bot.domain.grammar import Rules
from bot.domain.request import PurchaseRequest
from bot.providers.telnyx.form import NAME, SimStatus, form

FORM: Form = form()
"""What can be ordered from Telnyx under the usual settings."""
FORMS: Forms = {FORM.provider: FORM}


def a_request(
    amount: int = 3, *, note: str | None = None, status_chosen: bool = True, **options: Any
) -> PurchaseRequest:
    """A request for Telnyx, in standby unless `status` is named.

    A person chose all of it, but not the status where `status_chosen` is False.
    """
    given = {"status": SimStatus.STANDBY, **options}
    kept = {name: _plain(value) for name, value in given.items() if value not in (None, ())}
    written = [field.name for field in FORM.fields if field.name in kept]
    chosen = tuple(name for name in written if name != "status" or status_chosen)
    return PurchaseRequest(provider=NAME, amount=amount, options=kept, chosen=chosen, note=note)


def _plain(value: Any) -> Any:
    return value if isinstance(value, tuple) else str(value)


def rules(*, default_status: str = SimStatus.STANDBY, **changes: Any) -> Rules:
    """The rules that lines are read under, with Telnyx alone."""
    sold = form(default_status)
    return Rules(forms={sold.provider: sold}, **changes)
