-- A post to Slack is about to be made: of those who want to make it, one may go on.
--
-- KEYS  1 posted       hash: message key -> what is known of it, as JSON
-- ARGV  1 key          of the message
--       2 before       `begun_at` of the try that the caller knows of, "" for none
--       3 begun        what stands there from now on
-- Gives 1, or 0 when somebody else has begun or posted it since.

local now = redis.call('HGET', KEYS[1], ARGV[1])
local begun_at = now and cjson.decode(now).begun_at
if (now and (begun_at == cjson.null or begun_at ~= ARGV[2])) or (not now and ARGV[2] ~= '') then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
