-- What is known of an order's messages on Slack changes: only upon what the writer has read of
-- each, all of it or nothing. The end of a round over them may come with it.
--
-- KEYS  posted       hash: message key -> what is known of it, as JSON
--       deliveries   sorted set: when Slack must be brought up to date, by thing
--       waiting      hash: order id -> why its messages are delayed, as JSON
--       order        hash: version, shown, waits
-- call  changes      of each message: key, read (id of the change that the writer has read, ''
--                    for none), mine (id of this change: the same ones again get the same
--                    answer), json (what is known from now on)
--       ends         'delivered': Slack shows the order; 'later': something waits; '': the round
--                    goes on. With an end:
--       id, thing, version   of the order, as the round has shown it
--       due          ms: when what waits comes due
--       delay        why messages are delayed, as JSON; '' for nothing new
--       undelayed    whether nothing is delayed any more
-- Gives 1, or 2 when the order has moved on and is due at once; 0 when somebody else has changed
-- a message since: nothing is written.

local keys = named({'posted', 'deliveries', 'waiting', 'order'}, 0)
local repeated = 0

for _, change in ipairs(call.changes) do
  local text = redis.call('HGET', keys.posted, change.key)
  local known = text and cjson.decode(text).change or ''
  if known == change.mine then
    repeated = repeated + 1
  elseif known ~= change.read then
    return 0
  end
end
-- The end was written with them; what was queued since stays.
if repeated > 0 and repeated == #call.changes then return 1 end

for _, change in ipairs(call.changes) do
  redis.call('HSET', keys.posted, change.key, change.json)
end
if call.ends == '' then return 1 end

if call.delay ~= '' then redis.call('HSET', keys.waiting, call.id, call.delay) end
if call.undelayed then redis.call('HDEL', keys.waiting, call.id) end
local moved_on = (redis.call('HGET', keys.order, 'version') or '0') ~= call.version
if call.ends == 'later' then
  -- By this a commit tells what waits from what somebody delivers.
  if not moved_on then redis.call('HSET', keys.order, 'waits', call.due) end
  redis.call('ZADD', keys.deliveries, 'XX', moved_on and whole(now) or call.due, call.thing)
elseif moved_on then
  redis.call('ZADD', keys.deliveries, whole(now), call.thing)
else
  redis.call('HSET', keys.order, 'shown', call.version)
  redis.call('HDEL', keys.order, 'waits')
  redis.call('ZREM', keys.deliveries, call.thing)
end
return moved_on and 2 or 1
