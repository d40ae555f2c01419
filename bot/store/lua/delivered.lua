-- Slack shows the order as it was at some version: done, unless it has moved on since.
--
-- KEYS  1 deliveries   sorted set: order id by ms
--       2 order        hash: version, shown (version that Slack shows)
-- ARGV  1 id           of the order
--       2 version      that Slack shows
--       3 now          ms

local deliveries, order, id, version, now = KEYS[1], KEYS[2], unpack(ARGV)
if redis.call('HGET', order, 'version') == version then
  redis.call('HSET', order, 'shown', version)
  return redis.call('ZREM', deliveries, id)
end
return redis.call('ZADD', deliveries, now, id)
