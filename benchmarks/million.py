"""What the bot makes of a Redis that holds very many orders, beside one that holds few.

They are copies of orders that the bot itself bought, made by the server: every key of an order and
every mention of it, under another id and with other ICCIDs. So they have the store's shape,
whatever that is. They spread over three years; a sweep so finds them as it would find real ones.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

from redis.asyncio import Redis

from benchmarks.acknowledging import Client, Recorder, one_client
from benchmarks.house import CantMeasure, House, cpu_seconds, house, served
from benchmarks.table import Figure, Result
from bot.domain.thing import order_id_of
from bot.store.connection import connect
from bot.store.keys import Keys
from sandbox.demo.bot_process import BotProcess

_COUNT = 1_000_000
_DESKS = 20
"""People and channels over which the orders spread."""
_FEW = 20
"""Orders of each of them in the Redis that counts as empty: a list is as long there."""
_PAGE = 400
_SPACING = 3 * 365 * 86_400_000 / _COUNT
"""Milliseconds between the creations of two orders."""
_IN_QUEUE = 41 * 86_400_000
"""Age in milliseconds up to which an order that has ended may still be on the agenda."""
_LATER = 10 * 86_400_000
"""By how much the copies come due later than the orders: nobody looks at them meanwhile."""
_ROOM = 0.7
"""Share of the free memory that the orders may take."""
_IDLE = 3.0
"""Seconds after which a bot has nothing more to do by itself."""
_BUSY = 0.1
"""Seconds of CPU in half a second from which a bot is busy."""
_COPY = """
local spec, base = cjson.decode(ARGV[1]), tonumber(ARGV[2])
local newest = redis.call('XREVRANGE', spec.audit, '+', '-', 'COUNT', 1)[1]
local number = tonumber(newest[1]:match('^%d+'))
local steps = {}
for i, commit in ipairs(spec.commits) do
  steps[i] = {}
  for j, id in ipairs(commit) do
    steps[i][j] = redis.call('XRANGE', spec.audit, id, id)[1][2]
  end
end
local function to(text, new, iccids)
  text = text:gsub(spec.id, new)
  for old, iccid in pairs(iccids) do text = text:gsub(old, iccid) end
  return text
end
local function all(list, new, iccids)
  local copies = {}
  for i, text in ipairs(list) do copies[i] = to(text, new, iccids) end
  return copies
end
local write = {hash = 'HSET', list = 'RPUSH', set = 'SADD'}
local read = {
  hash = {'HGETALL'}, list = {'LRANGE', 0, -1}, set = {'SMEMBERS'}, string = {'GET'},
}
for _, own in ipairs(spec.own) do
  local how = read[own.kind]
  own.held = redis.call(how[1], own.key, unpack(how, 2))
end
for n, new in ipairs(spec.ids) do
  local place, iccids = base + n, {}
  for i, iccid in ipairs(spec.iccids) do
    local digits = string.format('%%0%d.0f', #iccid - 5)
    iccids[iccid] = iccid:sub(1, 5) .. digits:format(place * #spec.iccids + i)
  end
  for _, own in ipairs(spec.own) do
    local key = own.key:gsub(spec.id, new)
    if own.kind == 'string' then
      redis.call('SET', key, to(own.held, new, iccids))
    else
      redis.call(write[own.kind], key, unpack(all(own.held, new, iccids)))
    end
  end
  for _, at in ipairs(spec.indexes) do
    local age = place * spec.spacing
    if at.key == spec.agenda then
      if age < spec.in_queue then redis.call('ZADD', at.key, at.score + spec.later, new) end
    elseif at.score then
      redis.call('ZADD', at.key, string.format('%.0f', at.score - age), new)
    elseif at.field then
      local field = to(at.field, new, iccids)
      local key = at.key
      if key:sub(-3) == ':' .. at.field:sub(-2) then key = key:sub(1, -3) .. field:sub(-2) end
      redis.call('HSET', key, field, to(at.value, new, iccids))
    else
      redis.call('SADD', at.key, new)
    end
  end
  for _, commit in ipairs(steps) do
    number = number + 1
    for j, entry in ipairs(commit) do
      local id = string.format('%.0f-%d', number, j - 1)
      redis.call('XADD', spec.audit, id, unpack(all(entry, new, iccids)))
    end
  end
end
return #spec.ids
"""


async def very_many(scale: float) -> dict[str, Result]:
    """The rows of 1,000,000 orders; COUNT in the environment, or the scale, makes it fewer."""
    wanted = int(os.environ.get("COUNT") or _COUNT * scale)
    times = max(5, int(100 * scale))
    async with house() as home, AsyncExitStack() as stack:
        empty = served(home.stack, home.folder / "empty")
        few = connect(empty.url)
        home.stack.push_async_callback(few.aclose)
        desk = await _templates(home, few, empty.url)
        await _fill(few, home.keys, _DESKS * _FEW)
        count = await _fill(home.redis, home.keys, wanted)
        bots = [await home.bot(), await home.bot(empty.url)]
        busy = [await _until_idle(bot) for bot in bots]
        clients = [await stack.enter_async_context(Client.of(home, bot.url)) for bot in bots]
        ours, theirs = map(Recorder, clients, (home.redis, few))
        await one_client(ours, theirs, 10)
        acks = await one_client(ours, theirs, times)
        lists = [await _listed(home, bots, desk) for _ in range(times + 3)][3:]
        per_order = (await home.redis.info("memory"))["used_memory"] / count
    note = f"{count:,} orders of 3, {per_order:,.0f} bytes each with their audit"
    swept = f"busy for {busy[0]:.0f} s after its start ({busy[1]:.0f})"
    mine, others = (median(each) * 1000 for each in zip(*lists, strict=True))
    return {
        "million-ack": Figure(acks.value, acks.anchor, f"{note}; {swept}"),
        "million-list": Figure(mine, others, f"an asker with {count // _DESKS:,} ({_FEW})"),
    }


async def _templates(home: House, few: Redis, few_url: str) -> Sequence[str]:
    """Let a bot buy an order for each desk in both; the first desk."""
    desks = await home.world.ask("seat", count=_DESKS)
    for url in (home.server.url, few_url):
        bot = await home.bot(url, ESIM_NOTIFY_CHANNELS="")
        cards = await home.cards_at(desks, bot.url)
        await home.world.ask("flow", urls=[bot.url], cards=cards)
        await home.quiet(2.5)
        await bot.stop()
    for redis in (home.redis, few):
        await redis.config_set("auto-aof-rewrite-percentage", 0)
    first: Sequence[str] = desks[0]
    return first


async def _fill(redis: Redis, keys: Keys, count: int) -> int:
    """Copy the orders that there are until there are so many, or memory ends; how many."""
    await redis.config_set("appendonly", "no")
    copy, done = redis.register_script(_COPY), 0
    specs = [spec async for spec in _specs(redis, keys)]
    before = (await redis.info("memory"))["used_memory"]
    ids = (order_id_of(number) for number in range(1 << 39, 1 << 40))
    while done < count:
        spec = specs[done // _PAGE % len(specs)]
        page = [next(ids) for _ in range(min(_PAGE, count - done))]
        await copy(args=[json.dumps({**spec, "ids": page}), done])
        done += len(page)
        if done == min(count, _PAGE * len(specs)):
            used = (await redis.info("memory"))["used_memory"] - before
            count = _that_fit(count, used / done)
    await redis.config_set("appendonly", "yes")
    await _until_on_disk(redis)
    return done


async def _until_on_disk(redis: Redis) -> None:
    """Wait until the append-only file has everything, as it has where nothing was filled in."""
    while (await redis.info("persistence"))["aof_rewrite_in_progress"]:  # noqa: ASYNC110 - Redis
        await asyncio.sleep(0.2)


def _that_fit(count: int, size: float) -> int:
    """As many orders of this size as memory holds. Raises CantMeasure for less than half."""
    text = Path("/proc/meminfo").read_text() if Path("/proc/meminfo").exists() else ""
    free = text.partition("MemAvailable:")[2].split()[:1]
    most = int(int(free[0]) * 1024 * _ROOM / size) if free else count
    if most < count:
        raise CantMeasure(f"memory holds {most:,} of {count:,} orders: set COUNT={most}")
    return count


async def _specs(redis: Redis, keys: Keys) -> AsyncIterator[Mapping[str, Any]]:
    """For each order that there is, what belongs to it and where it is mentioned."""
    names = [key async for key in redis.scan_iter(count=1000)]
    kinds = {name: str(await redis.type(name)) for name in names}
    audit: Any = await redis.xrange(keys.audit)
    ids = [str(order_id) for order_id in await redis.zrange(keys.orders, 0, -1)]
    shared = [name for name in names if not any(order_id in name for order_id in ids)]
    shared.remove(keys.audit)
    for order_id in ids:
        entries = [entry for entry, fields in audit if order_id in fields.values()]
        commits = [list(each) for _, each in groupby(entries, lambda entry: entry.split("-")[0])]
        indexes = [at for name in shared async for at in _mentions(redis, name, kinds, order_id)]
        yield {
            "id": order_id,
            "audit": keys.audit,
            "agenda": keys.agenda,
            "commits": commits,
            "own": [{"key": name, "kind": kinds[name]} for name in names if order_id in name],
            "indexes": indexes,
            "iccids": [at["field"] for at in indexes if str(at.get("field", "")).isdigit()],
            "spacing": _SPACING,
            "in_queue": _IN_QUEUE,
            "later": _LATER,
        }


async def _mentions(
    redis: Redis, name: str, kinds: Mapping[str, str], order_id: str
) -> AsyncIterator[dict[str, Any]]:
    """Where a key that several orders share has this one; keys that end leave it out."""
    if await redis.pttl(name) > 0:
        return
    match kinds[name]:
        case "zset" if (score := await redis.zscore(name, order_id)) is not None:
            yield {"key": name, "score": score}
        case "set" if await redis.sismember(name, order_id):
            yield {"key": name}
        case "hash":
            for field, value in (await redis.hgetall(name)).items():
                if order_id in (field, value):
                    yield {"key": name, "field": field, "value": value}


async def _until_idle(bot: BotProcess) -> float:
    """Wait until a bot has swept what there is: seconds of a life in which it was busy."""
    began = last = time.monotonic()
    used = cpu_seconds(bot.process.pid)
    async with asyncio.timeout(300):
        while time.monotonic() - last < _IDLE:
            await asyncio.sleep(0.5)
            before, used = used, cpu_seconds(bot.process.pid)
            if used - before > _BUSY:
                last = time.monotonic()
    return last - began


async def _listed(home: House, bots: Sequence[BotProcess], desk: Sequence[str]) -> Sequence[float]:
    """Seconds that the list takes at each of the bots, in turn."""
    return [
        await home.world.ask("listed", url=bot.url, desk=desk, line="/esim orders") for bot in bots
    ]
