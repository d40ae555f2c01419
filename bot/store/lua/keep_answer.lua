-- Keep an answer, or write one down again that is kept already.
-- KEYS: answers (sorted set), texts (hash). ARGV: id, due (ms), text, most that are kept.
-- Returns 1; 0 when too many are kept already.
local known = redis.call('HEXISTS', KEYS[2], ARGV[1])
if known == 0 and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then
  return 0
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1
