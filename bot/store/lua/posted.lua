-- What is known of one message on Slack changes: only upon what the writer has read of it.
--
-- KEYS  posted       hash: message key -> what is known of it, as JSON
-- call  key          of the message
--       read         id of the change that the writer has read, "" for none
--       mine         id of this change: the same one again gets the same answer
--       json         what is known from now on
-- Gives 1, or 0 when somebody else has changed it since.

local keys = named({'posted'}, 0)
local text = redis.call('HGET', keys.posted, call.key)
local change = text and cjson.decode(text).change or ''
if change == call.mine then return 1 end
if change ~= call.read then return 0 end
redis.call('HSET', keys.posted, call.key, call.json)
return 1
