-- A process says that it lives, and compares what it saw last with what the server has.
--
-- KEYS  server       hash: epoch, trusted, seen, since
--       epochs       set: earlier epochs
--       processes    sorted set: process by the end of its lease
--       beats        hash: how often each process has compared
--       compared     hash: process -> server and result of its last comparison
--       audit        stream
-- call  process
--       lease        ms
--       settle       ms: how long a new server is watched for processes that it does not know
--       epoch        for a new one
--       witness      number, op, epoch: what the process saw last
-- Gives {result, number and op of the newest commit, epoch, 1 when the server was found to have
-- forgotten, 1 when it is trusted, the server's time (ms)}.

local keys = named({'server', 'epochs', 'processes', 'beats', 'compared', 'audit'}, 0)
local server = this_server()

local function forget_the_dead()
  local dead = redis.call('ZRANGEBYSCORE', keys.processes, '-inf', '(' .. whole(now))
  for _, process in ipairs(dead) do
    redis.call('ZREM', keys.processes, process)
    redis.call('HDEL', keys.beats, process)
    redis.call('HDEL', keys.compared, process)
  end
end

-- Whether this server has been there for long enough that every living process has found it.
local function is_settled()
  if redis.call('HGET', keys.server, 'seen') ~= server then
    redis.call('HSET', keys.server, 'seen', server, 'since', whole(now))
  end
  return now - tonumber(redis.call('HGET', keys.server, 'since')) >= call.settle
end

-- Whether every process has compared on this server, and whether one found what it saw.
local function comparisons()
  local all, any = true, false
  for _, process in ipairs(redis.call('ZRANGE', keys.processes, 0, -1)) do
    local on, result = (redis.call('HGET', keys.compared, process) or ''):match('^(%S+) (%S+)$')
    all = all and on == server
    any = any or (on == server and result == 'same')
  end
  return all, any
end

-- Another server than before: believed when all have compared and one vouches for it. With
-- nobody to vouch, one that has a history may have forgotten some of it.
local function judge()
  if server == '' or redis.call('HGET', keys.server, 'trusted') == server then return false end
  local all, any = comparisons()
  if not is_settled() or not all then return false end
  local forgot = not any and newest(keys.audit) ~= '0'
  if forgot then begin_epoch(keys.server, keys.epochs, call.epoch) end
  redis.call('HSET', keys.server, 'trusted', server)
  return forgot
end

local result, forgot = compare(keys, call.witness, call.epoch)
redis.call('ZADD', keys.processes, whole(now + call.lease), call.process)
redis.call('HINCRBY', keys.beats, call.process, 1)
-- What a process saw on this server alone says nothing about the time before: it can't vouch.
local saw_nothing = redis.call('HGET', keys.compared, call.process) == server .. ' nothing'
if not (saw_nothing and result == 'same') then
  redis.call('HSET', keys.compared, call.process, server .. ' ' .. result)
end
forget_the_dead()
forgot = judge() or forgot
local number, op = newest(keys.audit)
local known = redis.call('HMGET', keys.server, 'epoch', 'trusted')
local trusted = server == '' or known[2] == server
return {result, number, op, known[1] or '', forgot and 1 or 0, trusted and 1 or 0, whole(now)}
