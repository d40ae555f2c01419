-- Takes what is due from one queue, and puts it where it comes due again by itself.
--
-- KEYS  1 queue        sorted set: order id by ms
-- ARGV  1 time         ms, or '' for the server's own
--       2 lease        ms for which the claim holds
--       3 limit        how many at most
-- Gives the score of the claim, the ms until the next one comes due ('' when there is none), and
-- the ids.

local queue, time, lease, limit = KEYS[1], time_now(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local claim = whole(time + lease)
local ids = redis.call('ZRANGEBYSCORE', queue, '-inf', whole(time), 'LIMIT', 0, limit)
for _, id in ipairs(ids) do redis.call('ZADD', queue, claim, id) end
local rest = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
return {claim, rest[2] and whole(rest[2] - time) or '', unpack(ids)}
