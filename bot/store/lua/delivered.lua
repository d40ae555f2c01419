-- Slack shows the order as it was at some version: done, unless it has moved on since.
--
-- KEYS  1 deliveries   sorted set: order id by ms
--       2 order        hash: version
-- ARGV  1 id           of the order
--       2 version      that Slack shows
--       3 now          ms

if redis.call('HGET', KEYS[2], 'version') == ARGV[2] then
  return redis.call('ZREM', KEYS[1], ARGV[1])
end
return redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
