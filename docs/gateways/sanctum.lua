-- Asks Sanctum4j whether a request may go on: "http-request lua.sanctum" after setting txn.question to the path to ask.
-- /etc/haproxy/sanctum.lua, for HAProxy 2.5 and newer. Lets nobody through but on a 200.

local server = "http://127.0.0.1:8080"
local identity = { "x-auth-subject", "x-auth-token-id", "x-auth-abilities", "x-auth-actor" }

-- What the server looks at. All values of each go on, so that it sees two where two were sent.
local asked = {
  "authorization", "cookie", "origin", "referer", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest",
  "x-xsrf-token", "x-csrf-token", "mcp-method", "mcp-name", "x-http-method-override", "x-http-method", "x-method-override"
}

-- What belongs to one connection, and does not go on. What Connection names does not either, but for the framing of a message.
local hop = { "connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer", "http2-settings" }
local framing = { ["host"] = true, ["content-length"] = true, ["transfer-encoding"] = true, ["upgrade"] = true }

local function values(list)
  local copy = {}
  for _, value in pairs(list) do
    copy[#copy + 1] = value
  end
  return copy
end

local function forget_the_connection(http)
  for _, line in pairs(http:req_get_headers()["connection"] or {}) do
    for name in string.gmatch(string.lower(line), "[^,%s]+") do
      if not framing[name] then
        http:req_del_header(name)
      end
    end
  end
  for _, name in ipairs(hop) do
    http:req_del_header(name)
  end
end

local function sanctum(txn)
  forget_the_connection(txn.http)
  local sent = txn.http:req_get_headers()
  local https = txn.f:ssl_fc()
  local headers = {
    ["x-original-method"] = { txn.f:method() },
    ["x-original-uri"] = { txn.f:pathq() },
    ["x-forwarded-for"] = { txn.f:src() },
    ["x-forwarded-proto"] = { (https == 1 or https == true) and "https" or "http" },
    ["host"] = sent["host"] and { sent["host"][0] } or nil
  }
  for _, name in ipairs(asked) do
    if sent[name] then
      headers[name] = values(sent[name])
    end
  end
  local answer = core.httpclient():get{ url = server .. txn:get_var("txn.question"), headers = headers, timeout = 5000 }
  local status = answer and answer.status or 503
  if status == 200 then
    for _, name in ipairs(identity) do
      local value = answer.headers[name]
      txn.http:req_set_header(name, value and value[0] or "")
    end
    txn:set_var("txn.sanctum_allows", true)
    return
  end
  local reply = txn:reply()
  if status == 401 or status == 403 or status == 302 then
    reply:set_status(status)
    for _, name in ipairs({ "www-authenticate", "content-type", "cache-control", "location" }) do
      if answer.headers[name] then
        reply:add_header(name, answer.headers[name][0])
      end
    end
    reply:set_body(answer.body or "")
  else
    reply:set_status(503)
    reply:add_header("retry-after", "1")
  end
  txn:done(reply)
end

core.register_action("sanctum", { "http-req" }, sanctum, 0)
