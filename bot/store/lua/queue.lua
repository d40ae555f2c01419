-- One queue: what is due is claimed, held and given back; what has moved on since somebody read
-- it is changed by nobody else. A member is a thing ("order:7K2M9QXA"); its score is when
-- somebody must look at it (ms).
--
-- KEYS  queue        sorted set: thing by ms
--       beside       hash: of most operations the thing itself (version, sending); of
--                    'hurry' order id -> why its messages wait, as JSON
--       processes    sorted set: process by the end of its lease; 'claim' of the deliveries only
--       held         hash: method of Slack -> until when it must not be called (ms); the same
-- call  operation    one of those below, which say what else they need
--       thing        of most of them
--       version      at which the thing was read ('0': there was none)

local keys = named({'queue', 'beside', 'processes', 'held'}, 0)
local queue, thing, version = keys.queue, call.thing, call.version
local operations = {}

local function has_moved_on()
  return (redis.call('HGET', keys.beside, 'version') or '0') ~= version
end

-- A bare id is how earlier versions wrote an order; false when that order is there anyway.
local function renamed(member, score)
  local new = 'order:' .. member
  redis.call('ZREM', queue, member)
  return redis.call('ZADD', queue, 'NX', score, new) == 1 and new
end

-- Stores what Slack told this process, as `holds` (method -> ms); the later of two times stays.
local function store_holds()
  for method, left in pairs(call.holds) do
    local known = tonumber(redis.pcall('HGET', keys.held, method)) or 0
    if not (known >= now + left and known <= now + call.longest) then
      redis.pcall('HSET', keys.held, method, whole(now + left))
    end
  end
end

-- Each held method with the ms that are left; what is over is deleted. What no process of this
-- version writes (no number, more than `longest` ms) is left alone and holds nothing.
local function holds()
  local answer, entries = {}, redis.pcall('HGETALL', keys.held)
  for i = 1, #entries, 2 do
    local ends = tonumber(entries[i + 1])
    if ends and ends <= now then
      redis.call('HDEL', keys.held, entries[i])
    elseif ends and ends <= now + call.longest then
      answer[#answer + 1] = entries[i]
      answer[#answer + 1] = whole(ends - now)
    end
  end
  return answer
end

-- How many processes share what Slack allows, and what Slack has told them.
local function of_slack()
  if not keys.held then return 0, {} end
  store_holds()
  return #redis.call('ZRANGEBYSCORE', keys.processes, whole(now), '+inf'), holds()
end

-- Takes what is due, at most `limit`, and puts it where it comes due again by itself after
-- `lease` ms. `things`: what the keys of things begin with; they are in the slot of the queue.
-- `holds`, `longest`: see above.
-- Gives the score of the claim, the ms until the next one comes due ('' when there is none), the
-- living processes, the held methods, and each thing with its version.
function operations.claim()
  local claim = whole(now + call.lease)
  local answer = {claim, '', of_slack()}
  local due = redis.call('ZRANGEBYSCORE', queue, '-inf', whole(now), 'LIMIT', 0, call.limit)
  for _, member in ipairs(due) do
    local claimed = member:find(':', 1, true) and member or renamed(member, claim)
    if claimed then
      redis.call('ZADD', queue, claim, claimed)
      answer[#answer + 1] = claimed
      -- What a newer version has put in may have another shape: it holds up no other thing.
      local found = redis.pcall('HGET', call.things .. claimed, 'version')
      answer[#answer + 1] = type(found) == 'string' and found or '0'
    end
  end
  local rest = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
  if rest[2] then answer[2] = whole(rest[2] - now) end
  return answer
end

-- Prolongs a claim to `lease` ms from now; one that was put to a later time, or taken out, stays
-- as it is. So does one that has moved on, but for the attempt that its claimer records and
-- sends. `stays`: commits leave this queue's claims alone, so the version says nothing.
-- Gives the score of the claim.
function operations.renew()
  local claim = whole(now + call.lease)
  if call.stays or not has_moved_on() or
    redis.call('HGET', keys.beside, 'sending') == redis.call('HGET', keys.beside, 'version') then
    redis.call('ZADD', queue, 'XX', 'GT', claim, thing)
  end
  return claim
end

-- Gives a claim (its score) back: it comes due in `wait` ms, or at once when the thing has moved
-- on. What was put to another time meanwhile keeps it.
function operations.release()
  local score = redis.call('ZSCORE', queue, thing)
  if not score or whole(score) ~= call.claim then return 0 end
  local wait = has_moved_on() and 0 or call.wait
  return redis.call('ZADD', queue, 'XX', whole(now + wait), thing)
end

-- Puts a thing to the time `due` (ms), or takes it out ('' for never). Gives 1 when the queue
-- was changed.
function operations.put()
  if has_moved_on() then return 0 end
  if call.due == '' then return redis.call('ZREM', queue, thing) end
  redis.call('ZADD', queue, call.due, thing)
  return 1
end

-- The same of one that is not there yet. Gives 1 when it was not.
function operations.add()
  if has_moved_on() then return 0 end
  return redis.call('ZADD', queue, 'NX', call.due, thing)
end

-- Orders whose messages wait for Slack are tried now; what somebody works on keeps its claim,
-- which holds for `lease` ms at most. Gives how many.
function operations.hurry()
  local count = 0
  for _, id in ipairs(redis.call('HKEYS', keys.beside)) do
    local due = tonumber(redis.call('ZSCORE', queue, 'order:' .. id) or 0)
    if due > now + call.lease then
      redis.call('ZADD', queue, 'XX', whole(now), 'order:' .. id)
      count = count + 1
    end
  end
  return count
end

return operations[call.operation]()
