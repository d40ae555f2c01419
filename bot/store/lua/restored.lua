-- An operator has put back a copy: every order that there is counts as one that went on without it.
--
-- KEYS  server       hash: epoch, trusted
--       epochs       set: earlier epochs
-- call  epoch        the new one

local keys = named({'server', 'epochs'}, 0)
begin_epoch(keys.server, keys.epochs, call.epoch)
