-- One step of one order, or of several together: all of it or nothing.
--
-- KEYS  audit        stream: every step; its ids are the numbers of the commits
--       agenda       sorted set: when the engine must look, by thing
--       deliveries   sorted set: when Slack must be brought up to date, by thing
--       orders       sorted set: all orders by creation
--       trigger      string: this command or click was carried out
--       server       hash: epoch, trusted
--       epochs       set: earlier epochs
--       processes    sorted set: process by the end of its lease
--       beats        hash: how often each process has compared what it saw
--       former_sims  hash: ICCID -> order id, as earlier versions wrote it
--       and for each change
--       order        hash
--       history      list: its entries but the first ones
--       left, state  sorted sets: orders in the state that it leaves, and in its own, by creation
--       requester, channel   the same
--       and one for each of its groups of ICCIDs: hash: ICCID -> order id
-- call  op           id of this commit: the same one again gets the same answer
--       at           ms: when the step was made
--       not_after    ms: later than that nothing is written; '' for no such limit
--       trigger_seconds   '' without a trigger
--       process
--       witness      number, op, epoch: what the process saw last
--       awaited      process -> beats
--       delivers     whether this process brings Slack up to date itself, at once
--       lease        ms: for how long nobody else does, then; what comes due later waits for Slack
--       changes      of each: id, expected version ('0': no order yet), version, due (ms or ''),
--                    created, sends, leaves_a_call (one may be under way), looked; attempts
--                    (numbers of those that changed), entries (the new ones, JSON each), in_core
--                    (how many of these lie in the order), was_earlier (an earlier version wrote
--                    it), earlier (entries before them that may not be in the list yet), iccids
--                    (the new ones, in groups), had (those among them that an earlier version
--                    has counted: they stay)
-- ARGV  after the call, for each change: the order without attempts, then each attempt
--       that changed
-- Gives {'ok' or 'forgetful', number ('0' for a commit without entries), epoch, 1 when the server
-- was found to have forgotten, and for each change the score of its delivery's claim, '' for none};
-- {'conflict'}; {'owned', ICCID, order id, ...} when other orders have got SIM cards of it; {'seen'}
-- when the trigger was carried out before; {'unproven', awaited} when nothing may be sent before
-- other processes have compared what they saw: nothing is written; {'late'} after its time: nothing
-- is written, and never will be by this commit.
-- 'forgetful': it is written, but calls for this order may have been forgotten: look first.

local keys, last_key = named({
  'audit', 'agenda', 'deliveries', 'orders', 'trigger', 'server', 'epochs', 'processes', 'beats',
  'former_sims',
}, 0)
local commit, last_text = call, 1
local MOMENT = 1000 -- ms: an end that comes so soon is told alone, without a word in between

local function next_text()
  last_text = last_text + 1
  return ARGV[last_text]
end

for _, change in ipairs(commit.changes) do
  local names = {'order', 'history', 'left', 'state', 'requester', 'channel'}
  change.keys, last_key = named(names, last_key)
  change.thing, change.json, change.parts = 'order:' .. change.id, next_text(), {}
  change.claim = ''
  for _, number in ipairs(change.attempts) do change.parts['attempt:' .. number] = next_text() end
  for _, group in ipairs(change.iccids) do
    last_key = last_key + 1
    group.key = KEYS[last_key]
  end
end

local function answer(number, forgot)
  local epoch, verdict = redis.call('HGET', keys.server, 'epoch'), 'ok'
  for _, change in ipairs(commit.changes) do
    local own = redis.call('HGET', change.keys.order, 'epoch')
    if change.sends and own ~= epoch then verdict = 'forgetful' end
  end
  local given = {verdict, number, epoch, forgot and 1 or 0}
  for _, change in ipairs(commit.changes) do given[#given + 1] = change.claim end
  return given
end

-- Where INFO is forbidden, a restart can't be seen: the others compare anew before each send.
local function waits_for_others()
  local waiting, awaited = false, {}
  for _, process in ipairs(redis.call('ZRANGEBYSCORE', keys.processes, whole(now), '+inf')) do
    local beats = tonumber(redis.call('HGET', keys.beats, process) or '0')
    local before = commit.awaited[process]
    awaited[process] = before or beats
    if process ~= commit.process and (not before or beats <= before) then waiting = true end
  end
  return waiting, cjson.encode(awaited)
end

local function unproven()
  local server = this_server()
  if server == '' then return waits_for_others() end
  return redis.call('HGET', keys.server, 'trusted') ~= server, '{}'
end

local function write(change, epoch, number)
  local order = change.keys.order
  local fields = {'version', change.version, 'json', change.json, 'op', commit.op, 'number', number}
  local function add(name, value)
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
  -- Whoever sends a call holds its claim on, whatever else becomes known meanwhile.
  local holds = change.leaves_a_call and redis.call('HGET', order, 'sending') == change.expected
  if change.sends or holds then add('sending', change.version) end
  if change.expected == '0' or change.looked then add('epoch', epoch) end
  redis.call('HSET', order, unpack(fields))
  -- One by one: an order of an earlier version may bring more of them than a call takes.
  for field, attempt in pairs(change.parts) do redis.call('HSET', order, field, attempt) end
end

-- The first entries lie in the order itself. The list of an order that an earlier version wrote has
-- all of them; where there was no list, what is not in it yet is added.
local function write_history(change)
  local order, history = change.keys.order, change.keys.history
  if change.was_earlier then redis.call('HSET', order, 'listed', 'all') end
  local length = #change.earlier > 0 and redis.call('LLEN', history) or 0
  for i = length + 1, #change.earlier do redis.call('RPUSH', history, change.earlier[i]) end
  local first = redis.call('HGET', order, 'listed') and 1 or change.in_core + 1
  for i = first, #change.entries do redis.call('RPUSH', history, change.entries[i]) end
end

-- One that is being delivered keeps its time: whoever delivers looks at the version when done.
-- One that waits for Slack is tried at once, as something is new; one that waits for its turn there
-- too, unless the order goes on: there is nothing yet that could not wait with it.
local function put_into_deliveries(change)
  local behind = tonumber(redis.call('ZSCORE', keys.deliveries, change.thing) or '')
  local waits = behind and redis.call('HGET', change.keys.order, 'waits') == whole(behind)
  local stays = change.goes_on or not waits
  if behind and stays and behind > now + MOMENT and behind <= now + commit.lease then return end
  if change.goes_on then
    if not behind or behind > now + MOMENT then
      redis.call('ZADD', keys.deliveries, whole(now + MOMENT), change.thing)
    end
  elseif commit.delivers then
    change.claim = whole(now + commit.lease)
    redis.call('ZADD', keys.deliveries, change.claim, change.thing)
  else
    redis.call('ZADD', keys.deliveries, whole(now), change.thing)
  end
end

local function put_into_queues(change)
  local due = change.due
  -- The lease of an attempt is the server's, whatever the clock of the process says.
  if change.sends and due ~= '' then due = whole(now + due - commit.at) end
  if due == '' then
    redis.call('ZREM', keys.agenda, change.thing)
  elseif change.leaves_a_call then
    -- Its lease may have been prolonged since it was written down.
    redis.call('ZADD', keys.agenda, 'GT', due, change.thing)
  else
    redis.call('ZADD', keys.agenda, due, change.thing)
  end
  put_into_deliveries(change)
  -- As earlier versions wrote it.
  redis.call('ZREM', keys.agenda, change.id)
  redis.call('ZREM', keys.deliveries, change.id)
end

local function write_indexes(change)
  redis.call('ZREM', change.keys.left, change.id)
  local state, requester, channel = change.keys.state, change.keys.requester, change.keys.channel
  for _, index in ipairs({state, keys.orders, requester, channel}) do
    redis.call('ZADD', index, change.created, change.id)
  end
  -- The first owner of a SIM card stays: two orders never both count it.
  for _, group in ipairs(change.iccids) do
    for _, iccid in ipairs(group) do redis.call('HSETNX', group.key, iccid, change.id) end
  end
end

-- The SIM cards of this step that other orders have got: the first one that had it keeps it.
local function owned()
  local found, has_former = {'owned'}, redis.call('EXISTS', keys.former_sims) == 1
  for _, change in ipairs(commit.changes) do
    local had = {}
    for _, iccid in ipairs(change.had) do had[iccid] = true end
    for _, group in ipairs(change.iccids) do
      for _, iccid in ipairs(group) do
        local owner = has_former and redis.call('HGET', keys.former_sims, iccid)
          or redis.call('HGET', group.key, iccid)
        if owner and owner ~= change.id and not had[iccid] then
          found[#found + 1] = iccid
          found[#found + 1] = owner
        end
      end
    end
  end
  return found
end

-- The first answer is lost, and with it the claims: one that was made since the step is its own.
local function find_claims()
  for _, change in ipairs(commit.delivers and commit.changes or {}) do
    local behind = tonumber(redis.call('ZSCORE', keys.deliveries, change.thing) or '')
    local made = behind and behind - commit.lease
    if made and made <= now and made >= tonumber(commit.at) and not change.goes_on then
      change.claim = whole(behind)
    end
  end
end

local done = redis.call('HMGET', commit.changes[1].keys.order, 'op', 'number')
if done[1] == commit.op then
  find_claims()
  return answer(done[2], false)
end
if commit.trigger_seconds ~= '' and redis.call('EXISTS', keys.trigger) == 1 then return {'seen'} end
if commit.not_after ~= '' and now > tonumber(commit.not_after) then return {'late'} end
local sends = false
for _, change in ipairs(commit.changes) do
  local version = redis.call('HGET', change.keys.order, 'version') or '0'
  if version ~= change.expected then return {'conflict'} end
  sends = sends or change.sends
end
local others = owned()
if others[2] then return others end
if sends then
  local waits, awaited = unproven()
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
-- Should a fault stop it in its midst, nobody is told that nothing was recorded.
if commit.trigger_seconds ~= '' then
  redis.call('SET', keys.trigger, commit.changes[1].id, 'EX', commit.trigger_seconds)
end
for _, change in ipairs(commit.changes) do
  write(change, epoch, number)
  write_history(change)
  put_into_queues(change)
  write_indexes(change)
end
return answer(number, forgot)
