-- What is known of one message on Slack changes: only upon what the writer has read of it.
--
-- KEYS  1 posted       hash: message key -> what is known of it, as JSON
-- ARGV  1 key          of the message
--       2 read         id of the change that the writer has read, "" for none
--       3 mine         id of this change: the same one again gets the same answer
--       4 json         what is known from now on
-- Gives 1, or 0 when somebody else has changed it since.

local text = redis.call('HGET', KEYS[1], ARGV[1])
local now = text and cjson.decode(text).change or ''
if now == ARGV[3] then return 1 end
if now ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
return 1
