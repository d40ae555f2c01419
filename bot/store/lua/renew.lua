-- Prolongs a claim; one that has been put to a later time, or taken out, stays as it is.
--
-- KEYS  1 queue        sorted set: order id by ms
-- ARGV  1 time         ms, or '' for the server's own
--       2 lease        ms for which the claim holds from now on
--       3 id           of the order
-- Gives the score of the claim.

local queue, time, lease, id = KEYS[1], time_now(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local claim = whole(time + lease)
redis.call('ZADD', queue, 'XX', 'GT', claim, id)
return claim
