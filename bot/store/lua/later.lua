-- Something of an order must wait until later, unless the order has moved on since.
--
-- KEYS  1 deliveries   sorted set: order id by ms
--       2 order        hash: version
-- ARGV  1 id           of the order
--       2 version      that was looked at
--       3 due          ms
--       4 now          ms

local same = redis.call('HGET', KEYS[2], 'version') == ARGV[2]
return redis.call('ZADD', KEYS[1], 'XX', same and ARGV[3] or ARGV[4], ARGV[1])
