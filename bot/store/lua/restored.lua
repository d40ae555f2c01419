-- An operator has put back a copy: every order that there is counts as one that went on without it.
--
-- KEYS  1 server       hash: epoch, trusted
--       2 epochs       set: earlier epochs
-- ARGV  1 epoch        the new one

local server, epochs, epoch = KEYS[1], KEYS[2], ARGV[1]
begin_epoch(server, epochs, epoch)
