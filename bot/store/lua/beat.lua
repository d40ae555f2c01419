-- A process says that it lives, and compares what it saw last with what the server has.
--
-- KEYS  1 server       hash: epoch, trusted, seen, since
--       2 epochs       set: earlier epochs
--       3 processes    sorted set: process by the end of its lease
--       4 beats        hash: how often each process has compared
--       5 compared     hash: process -> server and result of its last comparison
--       6 audit        stream
-- ARGV  1 JSON: process, time (ms or ''), lease (ms), settle (ms: how long a new server is watched
--         for processes that it does not know), epoch (for a new one), witness (number, op, epoch)
-- Gives {result, number and op of the newest commit, epoch, 1 when the server was found to have
-- forgotten, 1 when it is trusted, the server's time (ms)}.

local keys = {
  server = KEYS[1], epochs = KEYS[2], processes = KEYS[3], beats = KEYS[4], compared = KEYS[5],
  audit = KEYS[6],
}
local beat = cjson.decode(ARGV[1])
local time, server = time_now(beat.time), this_server()

local function forget_the_dead()
  local dead = redis.call('ZRANGEBYSCORE', keys.processes, '-inf', '(' .. whole(time))
  for _, process in ipairs(dead) do
    redis.call('ZREM', keys.processes, process)
    redis.call('HDEL', keys.beats, process)
    redis.call('HDEL', keys.compared, process)
  end
end

-- Whether this server has been there for long enough that every living process has found it.
local function is_settled()
  if redis.call('HGET', keys.server, 'seen') ~= server then
    redis.call('HSET', keys.server, 'seen', server, 'since', whole(time))
  end
  return time - tonumber(redis.call('HGET', keys.server, 'since')) >= beat.settle
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
  if forgot then begin_epoch(keys.server, keys.epochs, beat.epoch) end
  redis.call('HSET', keys.server, 'trusted', server)
  return forgot
end

local result, forgot = compare(keys, beat.witness, beat.epoch)
redis.call('ZADD', keys.processes, whole(time + beat.lease), beat.process)
redis.call('HINCRBY', keys.beats, beat.process, 1)
redis.call('HSET', keys.compared, beat.process, server .. ' ' .. result)
forget_the_dead()
forgot = judge() or forgot
local number, op = newest(keys.audit)
local known = redis.call('HMGET', keys.server, 'epoch', 'trusted')
local trusted = server == '' or known[2] == server
return {result, number, op, known[1] or '', forgot and 1 or 0, trusted and 1 or 0, whole(time)}
