-- What every script begins with: its arguments, the time, and what a server may be believed.

-- Servers before 7.0 else refuse to write after TIME or INFO.
if redis.replicate_commands then redis.replicate_commands() end

-- The names of a script's keys, in the order in which they are given; `first` is the place before
-- the first of them. Gives the keys by name, and the place of the last one.
local function named(names, first)
  local keys = {}
  for i, name in ipairs(names) do keys[name] = KEYS[first + i] end
  return keys, first + #names
end

-- The arguments by name. Every script is told the time here: the server's own in ms, or what a
-- test's clock dictates ('' for none).
local call = cjson.decode(ARGV[1])
local now = tonumber(call.now)
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A whole number as text: Lua writes large ones as 1.7e+12.
local function whole(number)
  return string.format('%.0f', number)
end

-- Which server this is: another one after each restart, restore and fail-over. '' where a user
-- may not ask (INFO is forbidden).
local function this_server()
  local server, replication = redis.pcall('INFO', 'server'), redis.pcall('INFO', 'replication')
  if type(server) ~= 'string' or type(replication) ~= 'string' then return '' end
  local run, history = server:match('run_id:(%x+)'), replication:match('master_replid:(%x+)')
  return run and history and run .. '-' .. history or ''
end

local function op_of(entry)
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'op' then return entry[2][i + 1] end
  end
  return ''
end

-- The number and the op of the newest commit; '0' and '' when there is none.
local function newest(audit)
  local entry = redis.call('XREVRANGE', audit, '+', '-', 'COUNT', 1)[1]
  if not entry then return '0', '' end
  return entry[1]:match('^%d+'), op_of(entry)
end

-- The number of the next commit: higher than any that the stream ever had.
local function next_number(audit)
  local info = redis.pcall('XINFO', 'STREAM', audit)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return whole(tonumber(info[i + 1]:match('^%d+')) + 1) end
  end
  return '1' -- there is no stream yet
end

-- From here on, an order that was placed before is looked up before a call is sent for it.
local function begin_epoch(server, epochs, epoch)
  local before = redis.call('HGET', server, 'epoch')
  if before then redis.call('SADD', epochs, before) end
  redis.call('HSET', server, 'epoch', epoch, 'trusted', this_server())
end

-- Whether the server has what a process saw: 'same', 'other', or 'nothing' when it saw nothing.
-- One with something else has forgotten: that begins a new epoch, unless the process saw it in
-- an epoch that this server knows to be over. Gives whether it did, too.
local function compare(keys, witness, epoch)
  if witness.number == '0' then return 'nothing', false end
  local id = witness.number .. '-0'
  local entry = redis.call('XRANGE', keys.audit, id, id)[1]
  if entry and op_of(entry) == witness.op then return 'same', false end
  local is_known = redis.call('SISMEMBER', keys.epochs, witness.epoch) == 1
  if not is_known then
    begin_epoch(keys.server, keys.epochs, epoch)
    redis.call('SADD', keys.epochs, witness.epoch) -- what was seen in it is accounted for now
  end
  return 'other', not is_known
end

