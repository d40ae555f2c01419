-- Gives a claim back: the order comes due sooner, for whoever is quicker. One that was put to
-- another time meanwhile keeps it.
--
-- KEYS  1 queue        sorted set: order id by ms
-- ARGV  1 time         ms, or '' for the server's own
--       2 wait         ms until it comes due
--       3 id           of the order
--       4 claim        score that the claim gave it

local queue, time, wait, id, claim = KEYS[1], time_now(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4]
local score = redis.call('ZSCORE', queue, id)
if score and whole(score) == claim then redis.call('ZADD', queue, whole(time + wait), id) end
