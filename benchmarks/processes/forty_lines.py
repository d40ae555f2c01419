"""The bot that one would write in an afternoon, on Bolt and the provider's SDK.

It keeps nothing, checks nobody, and buys twice: the SDK sends a purchase again after a timeout or
an HTTP 500, twice by default, and a second click buys once more. With SAME_MESSAGES it says what
esim-bot says, too: a line to who asked, and one to the channel NOTICE (empty: to none).
Prints the port that it listens on.
"""

import asyncio
import os
import sys
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient
from telnyx import AsyncTelnyx

client = AsyncWebClient(os.environ["TOKEN"], base_url=os.environ["SLACK_API_URL"])
app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"])
telnyx = AsyncTelnyx(api_key=os.environ["TELNYX_API_KEY"], base_url=os.environ["TELNYX_API_URL"])


def section(text: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@app.command("/esim")
async def order(ack: AsyncAck, command: dict[str, Any], say: AsyncSay) -> None:
    """Post a card with a button."""
    await ack()
    amount, asker = command["text"].split()[1], command["user_id"]
    label = {"type": "plain_text", "text": "Approve"}
    value = f"{amount} {asker}"
    button = {"type": "button", "text": label, "action_id": "approve", "value": value}
    text = f"Buy {amount} eSIMs? Asked by <@{asker}>"
    await say(text=text, blocks=[section(text), {"type": "actions", "elements": [button]}])


@app.action("approve")
async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
    """Buy, tell the ICCIDs, and take the button away."""
    await ack()
    amount, asker = body["actions"][0]["value"].split()
    channel, ts = body["channel"]["id"], body["message"]["ts"]
    bought = await telnyx.actions.purchase.create(amount=int(amount), status="standby")
    iccids = "\n".join(str(sim.iccid) for sim in bought.data or [])
    await client.chat_postMessage(channel=channel, thread_ts=ts, text=iccids)
    done = f"Bought {amount} eSIMs; approved by <@{body['user']['id']}>"
    await client.chat_update(channel=channel, ts=ts, text=done, blocks=[section(done)])
    if os.environ.get("SAME_MESSAGES"):
        for place in filter(None, (asker, os.environ.get("NOTICE"))):
            await client.chat_postMessage(channel=place, text=done)


async def main() -> None:
    """Serve until killed."""
    runner = web.AppRunner(app.web_app("/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(main())
