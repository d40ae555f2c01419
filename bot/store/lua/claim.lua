-- Takes what is due from one queue, and puts it where it comes due again by itself.
--
-- KEYS  1 queue        sorted set: order id by ms
-- ARGV  1 now          ms
--       2 lease        ms until which the claim holds
--       3 limit        how many at most
-- Gives the ids, and last the time of the next one that is not yet due ("" when there is none).

local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], ARGV[2], id) end
local rest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
ids[#ids + 1] = rest[2] or ''
return ids
