-- One step of one order, or of several together: all of it or nothing.
--
-- KEYS  1 audit        stream: every step; its ids are the numbers of the commits
--       2 agenda       sorted set: when the engine must look
--       3 deliveries   sorted set: when Slack must be brought up to date
--       4 sims         hash: ICCID -> order id
--       5 orders       sorted set: all orders by creation
--       6 trigger      string: this command or click was carried out
--       7 server       hash: epoch, trusted
--       8 epochs       set: earlier epochs
--       9 processes    sorted set: process by the end of its lease
--      10 beats        hash: how often each process has compared what it saw
--      11... five for each change: order, state that it leaves, state, requester, channel
-- ARGV  1 the commit as JSON: op (id of this commit: the same one again gets the same answer),
--         time (ms or ''), at (ms), trigger_seconds ('' without a trigger), process,
--         witness (number, op, epoch: what the process saw last), awaited (process -> beats), and
--         changes: id, expected version ('0': no order yet), version, due (ms or ''), created,
--         sends, looked, entries (JSON each), iccids
--       2... for each change the order after it, as JSON
-- Gives {'ok' or 'forgetful', number ('0' for a commit without entries), epoch, 1 when the server was found to have forgotten};
-- {'conflict'}; {'seen'} when the trigger was carried out before; {'unproven', awaited} when
-- nothing may be sent before other processes have compared what they saw: nothing is written.
-- 'forgetful': it is written, but calls for this order may have been forgotten: look first.

local keys = {
  audit = KEYS[1], agenda = KEYS[2], deliveries = KEYS[3], sims = KEYS[4], orders = KEYS[5],
  trigger = KEYS[6], server = KEYS[7], epochs = KEYS[8], processes = KEYS[9], beats = KEYS[10],
}
local commit = cjson.decode(ARGV[1])
for i, change in ipairs(commit.changes) do
  local first = 11 + 5 * (i - 1)
  change.order, change.left, change.state = KEYS[first], KEYS[first + 1], KEYS[first + 2]
  change.requester, change.channel, change.json = KEYS[first + 3], KEYS[first + 4], ARGV[1 + i]
end

local function answer(number, forgot)
  local epoch, verdict = redis.call('HGET', keys.server, 'epoch'), 'ok'
  for _, change in ipairs(commit.changes) do
    local own = redis.call('HGET', change.order, 'epoch')
    if change.sends and own ~= epoch then verdict = 'forgetful' end
  end
  return {verdict, number, epoch, forgot and 1 or 0}
end

-- Where INFO is forbidden, a restart can't be seen: the others compare anew before each send.
local function waits_for_others(time)
  local waiting, awaited = false, {}
  for _, process in ipairs(redis.call('ZRANGEBYSCORE', keys.processes, whole(time), '+inf')) do
    local beats = tonumber(redis.call('HGET', keys.beats, process) or '0')
    local before = commit.awaited[process]
    awaited[process] = before or beats
    if process ~= commit.process and (not before or beats <= before) then waiting = true end
  end
  return waiting, cjson.encode(awaited)
end

local function unproven(time)
  local server = this_server()
  if server == '' then return waits_for_others(time) end
  return redis.call('HGET', keys.server, 'trusted') ~= server, '{}'
end

local function apply(change, time, epoch)
  local order = {'version', change.version, 'json', change.json, 'op', commit.op}
  redis.call('HSET', change.order, unpack(order))
  if change.expected == '0' or change.looked then
    redis.call('HSET', change.order, 'epoch', epoch)
  end
  local due = change.due
  -- The lease of an attempt is the server's, whatever the clock of the process says.
  if change.sends and due ~= '' then due = whole(time + due - commit.at) end
  if due == '' then
    redis.call('ZREM', keys.agenda, change.id)
  else
    redis.call('ZADD', keys.agenda, due, change.id)
  end
  -- One that is being delivered keeps its time: whoever delivers looks at the version when done.
  -- One that waits longer than a claim holds (10 s) waits for Slack: what is new is tried at once.
  local behind = redis.call('ZSCORE', keys.deliveries, change.id)
  if not behind or tonumber(behind) > time + 10000 then
    redis.call('ZADD', keys.deliveries, whole(time), change.id)
  end
  redis.call('ZREM', change.left, change.id)
  for _, index in ipairs({change.state, keys.orders, change.requester, change.channel}) do
    redis.call('ZADD', index, change.created, change.id)
  end
  -- The first owner of a SIM card stays: two orders never both count it.
  for _, iccid in ipairs(change.iccids) do redis.call('HSETNX', keys.sims, iccid, change.id) end
end

local done = redis.call('HMGET', commit.changes[1].order, 'op', 'number')
if done[1] == commit.op then return answer(done[2], false) end
if commit.trigger_seconds ~= '' and redis.call('EXISTS', keys.trigger) == 1 then return {'seen'} end
local time, sends = time_now(commit.time), false
for _, change in ipairs(commit.changes) do
  local version = redis.call('HGET', change.order, 'version') or '0'
  if version ~= change.expected then return {'conflict'} end
  sends = sends or change.sends
end
if sends then
  local waits, awaited = unproven(time)
  if waits then return {'unproven', awaited} end
end

local _, forgot = compare(keys, commit.witness, commit.op)
redis.call('HSETNX', keys.server, 'epoch', commit.op)
local epoch, number, entries = redis.call('HGET', keys.server, 'epoch'), next_number(keys.audit), 0
-- An empty server has no order that could be sent a second time.
if number == '1' then redis.call('HSET', keys.server, 'trusted', this_server()) end
for _, change in ipairs(commit.changes) do
  for i, entry in ipairs(change.entries) do
    redis.call(
      'XADD', keys.audit, number .. '-' .. entries, 'order', change.id,
      'version', whole(tonumber(change.expected) + i), 'op', commit.op, 'entry', entry
    )
    entries = entries + 1
  end
end
-- One without an entry leaves nothing by which it could be known again.
if entries == 0 then number = '0' end
for _, change in ipairs(commit.changes) do
  apply(change, time, epoch)
  redis.call('HSET', change.order, 'number', number)
end
if commit.trigger_seconds ~= '' then
  redis.call('SET', keys.trigger, commit.changes[1].id, 'EX', commit.trigger_seconds)
end
return answer(number, forgot)
