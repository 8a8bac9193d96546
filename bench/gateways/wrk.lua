-- What wrk sends: the requests of a file, one after the other, and from the start again after the last one. Each is preceded by a line with its length.
-- Afterwards it prints one line of JSON with what wrk measured. Times are in microseconds.

local file

function init(args)
  file = assert(io.open(args[1], "rb"))
end

function request()
  local length = file:read("*l")
  if length == nil then
    file:seek("set", 0)
    length = file:read("*l")
  end
  return file:read(tonumber(length))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"durationUs":%d,"bytes":%d,"failed":%d,"refused":%d,"p50Us":%d,"p99Us":%d}\n',
    summary.requests, summary.duration, summary.bytes,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status,
    latency:percentile(50), latency:percentile(99)))
end
