-- Orders whose messages wait for Slack are tried now; what somebody works on keeps its claim.
--
-- KEYS  1 deliveries   sorted set: order id by ms
--       2 waiting      hash: order id -> why its messages wait, as JSON
-- ARGV  1 now          ms
--       2 lease        ms that a claim holds at most
-- Gives how many.

local count = 0
for _, id in ipairs(redis.call('HKEYS', KEYS[2])) do
  local due = tonumber(redis.call('ZSCORE', KEYS[1], id) or 0)
  if due > tonumber(ARGV[1]) + tonumber(ARGV[2]) then
    redis.call('ZADD', KEYS[1], 'XX', ARGV[1], id)
    count = count + 1
  end
end
return count
