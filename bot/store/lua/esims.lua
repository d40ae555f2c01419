-- What people do with eSIMs that were bought: codes given to somebody, and who has them.
--
-- KEYS  audit        stream: its ids are the numbers of the commits
--       agenda       sorted set: thing by ms
--       server       hash: epoch, trusted
--       trigger      string: this was carried out
--       thing        hash of a hand-out: version, json, op (of the last save)
--       entries      list: those entries of the audit that are about one order
--       assignments  hash: ICCID -> who has the eSIM, as JSON
-- call  operation    one of those below, which say what else they need
--       op           id of this commit: the same one again gets the same answer
--       not_after    ms: later than that nothing is written; '' for no such limit
--       entries      of the audit, JSON each, with the order they are about ('' for none)

local keys = named({
  'audit', 'agenda', 'server', 'trigger', 'thing', 'entries', 'assignments',
}, 0)
local operations = {}

-- The next number is taken as by a commit of orders.
local function write_entries()
  if #call.entries == 0 then return end
  local number = next_number(keys.audit)
  redis.call('HSETNX', keys.server, 'epoch', call.op)
  if number == '1' then redis.call('HSET', keys.server, 'trusted', this_server()) end
  for i, entry in ipairs(call.entries) do
    redis.call(
      'XADD', keys.audit, number .. '-' .. (i - 1), 'order', entry.order,
      'version', '0', 'op', call.op, 'entry', entry.text
    )
    if entry.order ~= '' then redis.call('RPUSH', keys.entries, entry.text) end
  end
end

-- Whether it was carried out, or comes too late; nil: neither. The trigger holds `done`.
local function ended(done)
  local known = redis.call('GET', keys.trigger)
  if known == done then return {'ok'} end
  if known then return {'seen'} end
  if call.not_after ~= '' and now > tonumber(call.not_after) then return {'late'} end
end

-- Records that codes are given: `json`, `thing`, `lease` (ms), `seconds` for which the trigger is
-- remembered. Gives {'ok'}, {'seen'} or {'late'}.
function operations.reveal()
  local answer = ended(call.op)
  if answer then return answer end
  redis.call('SET', keys.trigger, call.op, 'EX', call.seconds)
  write_entries()
  redis.call('HSET', keys.thing, 'version', '1', 'json', call.json)
  redis.call('ZADD', keys.agenda, whole(now + call.lease), call.thing)
  return {'ok'}
end

-- Writes down a hand-out that is at `version`: `json` ('' when nothing stands any more); it comes
-- due at `due` (ms), or `lease` ms from now. Gives 1; 0 when it has moved on. What is to be forgotten
-- and is not there was forgotten by the call whose answer was lost.
function operations.save()
  if redis.call('HGET', keys.thing, 'op') == call.op then return 1 end
  if call.json == '' and redis.call('EXISTS', keys.thing) == 0 then return 1 end
  if redis.call('HGET', keys.thing, 'version') ~= call.version then return 0 end
  write_entries()
  if call.json == '' then
    redis.call('HDEL', keys.thing, 'version', 'json', 'op')
    redis.call('ZREM', keys.agenda, call.thing)
  else
    local version = whole(tonumber(call.version) + 1)
    redis.call('HSET', keys.thing, 'version', version, 'json', call.json, 'op', call.op)
    local due = call.due ~= '' and call.due or whole(now + call.lease)
    redis.call('ZADD', keys.agenda, due, call.thing)
  end
  return 1
end

-- Whoever gives a hand-out that is at `version` goes on for `lease` ms. Gives 1; 0 when it has
-- moved on.
function operations.hold()
  if redis.call('HGET', keys.thing, 'version') ~= call.version then return 0 end
  redis.call('ZADD', keys.agenda, 'XX', 'GT', whole(now + call.lease), call.thing)
  return 1
end

-- Writes who has eSIMs: `holders` (ICCID and JSON each, '' to remove). The trigger then holds
-- `about` and the op, for `seconds`. Gives as `reveal` does.
function operations.assign()
  local done = call.about .. '|' .. call.op
  local answer = ended(done)
  if answer then return answer end
  redis.call('SET', keys.trigger, done, 'EX', call.seconds)
  write_entries()
  for _, holder in ipairs(call.holders) do
    if holder.text == '' then
      redis.call('HDEL', keys.assignments, holder.iccid)
    else
      redis.call('HSET', keys.assignments, holder.iccid, holder.text)
    end
  end
  return {'ok'}
end

return operations[call.operation]()
