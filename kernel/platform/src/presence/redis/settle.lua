-- Notes connections, compares what was told of a user with what is true, and returns the difference once.
--
-- KEYS  1 the user's hash: a field <node>/<connection> with the platform for each connection, and '=' with what was told
--       2 the list of a node's users
-- ARGV  1 what the keys of leases begin with   2 this node   3 the node of the list   4 the user
--       5 milliseconds to keep   6 '1' to return also what was told already   7.. fields and platforms to note
--
-- Also told is a platform that was gone for a moment which nobody has told of yet: somebody may have looked in between.
--
-- Returns nil, or the platforms before, the platforms now, and the version.

local living, online, listed = { [ARGV[2]] = true }, {}, false
local told, version = '', 0
local entries = redis.call('HGETALL', KEYS[1])
for at = 1, #entries, 2 do
  local field, value = entries[at], entries[at + 1]
  local node = string.match(field, '^([^/]*)/')
  if field == '=' then
    version, told = string.match(value, '^(%d+) ([%d,]*)$')
    version, told = tonumber(version or '0'), told or ''
  elseif node then
    if living[node] == nil then
      living[node] = redis.call('EXISTS', ARGV[1] .. node) == 1
    end
    if living[node] then
      online[tonumber(value) or 0] = true
      listed = listed or node == ARGV[3]
    else
      redis.call('HDEL', KEYS[1], field)
    end
  end
end

local again = ARGV[6] == '1'
for at = 7, #ARGV, 2 do
  local platform = tonumber(ARGV[at + 1])
  redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  again = again or not online[platform]
  online[platform], listed = true, true
end

if listed then
  redis.call('SADD', KEYS[2], ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
else
  redis.call('SREM', KEYS[2], ARGV[4])
end

local platforms = {}
for platform = 1, 11 do
  if online[platform] then
    platforms[#platforms + 1] = platform
  end
end
local now = table.concat(platforms, ',')
if now == told and not again then
  return false
end

-- By this clock versions go on growing when what is kept of a user who is offline has expired.
local time = redis.call('TIME')
version = math.max(version + 1, time[1] * 1000000 + time[2])
redis.call('HSET', KEYS[1], '=', string.format('%.0f %s', version, now))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return { told, now, string.format('%.0f', version) }
