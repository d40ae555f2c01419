-- One step of an order, all of it or nothing.
--
-- KEYS  1 order        hash: json, version, op, approved_on
--       2 agenda       sorted set: when the engine must look
--       3 deliveries   sorted set: when Slack must be brought up to date
--       4 audit        stream
--       5 sims         hash: ICCID -> order id
--       6 trigger      string: this command or click was carried out
--       7 the state index that the order leaves
--       8... the indexes that it belongs to, by creation
-- ARGV  1 op           id of this commit: the same one again gets the same answer
--       2 expected     version that the change was made from ("0": there is no order yet)
--       3 version      version after it
--       4 json         the order after it
--       5 id           of the order
--       6 due          ms, or "" when the engine has nothing to do
--       7 now          ms
--       8 created      ms
--       9 seconds for which the trigger is remembered, or "" without one
--      10 "approval": remember which server this is; "send": compare with that; or ""
--      11 entries      number of audit entries, then the entries as JSON, then ICCIDs
-- Gives {"ok"}, {"forgetful"} when it is done but on another server than the approval, so that
-- steps in between may be lost, {"conflict"}, or {"seen"} when the trigger was carried out before.

local function this_server()
  local info = redis.call('INFO', 'server') .. redis.call('INFO', 'replication')
  return string.match(info, 'run_id:(%x+)') .. '-' .. string.match(info, 'master_replid:(%x+)')
end

local function done()
  if ARGV[10] ~= 'send' then return {'ok'} end
  local same = redis.call('HGET', KEYS[1], 'approved_on') == this_server()
  return {same and 'ok' or 'forgetful'}
end

local order = redis.call('HMGET', KEYS[1], 'version', 'op')
if order[2] == ARGV[1] then return done() end
if ARGV[9] ~= '' and redis.call('EXISTS', KEYS[6]) == 1 then return {'seen'} end
if (order[1] or '0') ~= ARGV[2] then return {'conflict'} end

local id, created, entries = ARGV[5], ARGV[8], tonumber(ARGV[11])
redis.call('HSET', KEYS[1], 'version', ARGV[3], 'json', ARGV[4], 'op', ARGV[1])
if ARGV[10] == 'approval' then redis.call('HSET', KEYS[1], 'approved_on', this_server()) end
if ARGV[6] == '' then
  redis.call('ZREM', KEYS[2], id)
else
  redis.call('ZADD', KEYS[2], ARGV[6], id)
end
-- One that is being delivered keeps its time: whoever delivers looks at the version when done.
-- One that waits longer than a claim holds (10 s) waits for Slack: what is new is tried at once.
local behind = redis.call('ZSCORE', KEYS[3], id)
if not behind or tonumber(behind) > tonumber(ARGV[7]) + 10000 then
  redis.call('ZADD', KEYS[3], ARGV[7], id)
end
redis.call('ZREM', KEYS[7], id)
for i = 8, #KEYS do redis.call('ZADD', KEYS[i], created, id) end
for i = 1, entries do
  redis.call('XADD', KEYS[4], '*', 'order', id, 'version', ARGV[2] + i, 'entry', ARGV[11 + i])
end
for i = 12 + entries, #ARGV do redis.call('HSET', KEYS[5], ARGV[i], id) end
if ARGV[9] ~= '' then redis.call('SET', KEYS[6], id, 'EX', ARGV[9]) end
return done()
