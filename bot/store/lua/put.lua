-- Puts an order to a time of a queue, or takes it out, unless it has moved on since it was read.
--
-- KEYS  1 queue        sorted set: order id by ms
--       2 order        hash: version
-- ARGV  1 id           of the order
--       2 version      that was read ('0': there was none)
--       3 due          ms, or '' for never
--       4 '1' when one that is in the queue already stays as it is
-- Gives 1 when the queue was changed.

local queue, order, id, version, due, stays = KEYS[1], KEYS[2], unpack(ARGV)
if (redis.call('HGET', order, 'version') or '0') ~= version then return 0 end
if due == '' then return redis.call('ZREM', queue, id) end
if stays == '1' then return redis.call('ZADD', queue, 'NX', due, id) end
redis.call('ZADD', queue, due, id)
return 1
