-- Take answers that are due, until the end of a lease.
-- KEYS: answers (sorted set), texts (hash). ARGV: now (ms), end of the lease (ms), how many.
-- Returns their texts.
local texts = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local text = redis.call('HGET', KEYS[2], id)
  if text then
    redis.call('ZADD', KEYS[1], ARGV[2], id)
    table.insert(texts, text)
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return texts
