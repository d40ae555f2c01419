-- Answers that are kept for people until they can be shown.
--
-- KEYS  answers      sorted set: id of an answer by the ms of its next try
--       texts        hash: id of an answer -> what it says, as JSON
-- call  operation    one of those below, which say what else they need

local keys = named({'answers', 'texts'}, 0)
local operations = {}

-- Keeps the answer `id`, or writes one down again that is kept already; its next try is at `due`
-- (ms). Gives 1; 0 when `most` are kept already.
function operations.keep()
  local known = redis.call('HEXISTS', keys.texts, call.id)
  if known == 0 and redis.call('ZCARD', keys.answers) >= call.most then return 0 end
  redis.call('HSET', keys.texts, call.id, call.text)
  redis.call('ZADD', keys.answers, call.due, call.id)
  return 1
end

-- Takes what is due, at most `limit`, for `lease` ms. Gives the texts.
function operations.claim()
  local texts = {}
  local due = redis.call('ZRANGEBYSCORE', keys.answers, '-inf', whole(now), 'LIMIT', 0, call.limit)
  for _, id in ipairs(due) do
    local text = redis.call('HGET', keys.texts, id)
    if text then
      redis.call('ZADD', keys.answers, whole(now + call.lease), id)
      table.insert(texts, text)
    else
      redis.call('ZREM', keys.answers, id)
    end
  end
  return texts
end

return operations[call.operation]()
