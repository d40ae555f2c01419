"""Pages of the provider's list, as a server without manners gives them."""

import json
from typing import Any

from bot.providers.telnyx import Telnyx
from tests.integration.providers.wire.calls import ORDER_REFERENCE, REFERENCE
from tests.integration.providers.wire.rude_server import Behaviour, answers


def entry(number: int, *tags: str) -> dict[str, Any]:
    """A SIM card in a list."""
    return {"id": f"sim-{number}", "iccid": f"89310410106543{number:06d}", "tags": list(tags)}


def page(*numbers: int, pages: Any = None, results: Any = None) -> Behaviour:
    """Answer with a page of these SIM cards, all with the reference."""
    meta = {"total_pages": pages, "total_results": results}
    data = [entry(number, REFERENCE) for number in numbers]
    return answers("200 OK", json.dumps({"data": data, "meta": meta}).encode())


async def found(telnyx: Telnyx, *, urgent: bool = True) -> list[int]:
    """The numbers of the SIM cards found for the one call."""
    sims = await telnyx.find(ORDER_REFERENCE, urgent=urgent)
    return [int((sim.iccid or "")[-6:]) for sim in sims.get(REFERENCE, ())]
