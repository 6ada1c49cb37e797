-- The registry. One text for SQLite and PostgreSQL; what differs is a placeholder:
--   identity  a primary key that counts up and never gives a number twice
--   int, time, flag, bytes   column types (times are nanoseconds since 1970 UTC)
--   bytewise  the collation that compares and orders by bytes
--   strict    the table option that makes SQLite check column types
-- JSON (metadata, roles, details) is text, given back exactly as it came.
-- Never change this file after a release; add the next number.

-- Every tenant id and number that was ever given (THREATS T15). Rows stay when tenants go.
CREATE TABLE tenant_ids (
  number  ${identity},
  id      TEXT ${bytewise} NOT NULL UNIQUE CHECK (octet_length(id) = 6),
  deleted ${time}
) ${strict};

CREATE TABLE tenants (
  id                      TEXT ${bytewise} NOT NULL PRIMARY KEY REFERENCES tenant_ids (id),
  number                  ${int} NOT NULL UNIQUE,
  name                    TEXT NOT NULL CHECK (octet_length(name) <= 1024),
  status                  TEXT NOT NULL CHECK (octet_length(status) <= 32),
  retention_age_millis    ${int} NOT NULL,
  retention_bytes_max     ${int} NOT NULL,
  last_event_cache        ${flag} NOT NULL,
  last_event_cache_days   ${int} NOT NULL,
  plain_transport_allowed ${flag} NOT NULL,
  created                 ${time} NOT NULL,
  updated                 ${time} NOT NULL,
  version                 ${int} NOT NULL
) ${strict};

-- The one sequence that devices and all other managed objects draw from (DESIGN section 4).
CREATE TABLE objects (
  number    ${identity},
  tenant_id TEXT ${bytewise} NOT NULL REFERENCES tenants (id),
  kind      TEXT NOT NULL CHECK (octet_length(kind) BETWEEN 1 AND 32)
) ${strict};
CREATE INDEX objects_by_tenant ON objects (tenant_id);

CREATE TABLE device_types (
  tenant_id            TEXT ${bytewise} NOT NULL REFERENCES tenants (id),
  type_id              TEXT ${bytewise} NOT NULL CHECK (octet_length(type_id) BETWEEN 1 AND 36),
  class                TEXT NOT NULL CHECK (octet_length(class) <= 32),
  type_description     TEXT NOT NULL CHECK (octet_length(type_description) <= 8192),
  serial_number        TEXT CHECK (octet_length(serial_number) <= 4096),
  manufacturer         TEXT CHECK (octet_length(manufacturer) <= 4096),
  model                TEXT CHECK (octet_length(model) <= 4096),
  device_class         TEXT CHECK (octet_length(device_class) <= 4096),
  description          TEXT CHECK (octet_length(description) <= 4096),
  fw_version           TEXT CHECK (octet_length(fw_version) <= 4096),
  hw_version           TEXT CHECK (octet_length(hw_version) <= 4096),
  descriptive_location TEXT CHECK (octet_length(descriptive_location) <= 4096),
  metadata             TEXT,
  created              ${time} NOT NULL,
  updated              ${time} NOT NULL,
  PRIMARY KEY (tenant_id, type_id)
) ${strict};

CREATE TABLE devices (
  number               ${int} NOT NULL PRIMARY KEY REFERENCES objects (number) ON DELETE CASCADE,
  tenant_id            TEXT ${bytewise} NOT NULL,
  type_id              TEXT ${bytewise} NOT NULL,
  device_id            TEXT ${bytewise} NOT NULL CHECK (octet_length(device_id) BETWEEN 1 AND 128),
  class                TEXT NOT NULL CHECK (octet_length(class) <= 32),
  -- A device whose gateway is deleted stays, behind none: a later gateway of the same name is
  -- another one (THREATS T15).
  gateway_number       ${int} REFERENCES devices (number) ON DELETE SET NULL,
  serial_number        TEXT CHECK (octet_length(serial_number) <= 4096),
  manufacturer         TEXT CHECK (octet_length(manufacturer) <= 4096),
  model                TEXT CHECK (octet_length(model) <= 4096),
  device_class         TEXT CHECK (octet_length(device_class) <= 4096),
  description          TEXT CHECK (octet_length(description) <= 4096),
  fw_version           TEXT CHECK (octet_length(fw_version) <= 4096),
  hw_version           TEXT CHECK (octet_length(hw_version) <= 4096),
  descriptive_location TEXT CHECK (octet_length(descriptive_location) <= 4096),
  metadata             TEXT,
  enabled              ${flag} NOT NULL,
  alert_enabled        ${flag} NOT NULL,
  registered_by        TEXT NOT NULL CHECK (octet_length(registered_by) <= 1024),
  registered           ${time} NOT NULL,
  updated              ${time} NOT NULL,
  version              ${int} NOT NULL,
  UNIQUE (tenant_id, type_id, device_id),
  FOREIGN KEY (tenant_id, type_id) REFERENCES device_types (tenant_id, type_id)
) ${strict};
CREATE INDEX devices_by_id ON devices (tenant_id, device_id, type_id);
CREATE INDEX devices_by_time ON devices (tenant_id, registered, type_id, device_id);
CREATE INDEX devices_of_type_by_time ON devices (tenant_id, type_id, registered, device_id);
CREATE INDEX devices_by_gateway ON devices (gateway_number, type_id, device_id);

CREATE TABLE device_credentials (
  device_number ${int} NOT NULL PRIMARY KEY REFERENCES devices (number) ON DELETE CASCADE,
  token_scheme  TEXT NOT NULL CHECK (octet_length(token_scheme) <= 32),
  token_key     ${int} NOT NULL,
  token_hash    TEXT NOT NULL CHECK (octet_length(token_hash) <= 1024),
  created       ${time} NOT NULL,
  version       ${int} NOT NULL
) ${strict};

CREATE TABLE api_keys (
  api_key      TEXT ${bytewise} NOT NULL PRIMARY KEY CHECK (octet_length(api_key) BETWEEN 1 AND 64),
  tenant_id    TEXT ${bytewise} NOT NULL REFERENCES tenants (id),
  token_scheme TEXT NOT NULL CHECK (octet_length(token_scheme) <= 32),
  token_key    ${int} NOT NULL,
  token_hash   TEXT NOT NULL CHECK (octet_length(token_hash) <= 1024),
  roles        TEXT NOT NULL,
  remark       TEXT NOT NULL CHECK (octet_length(remark) <= 8192),
  enabled      ${flag} NOT NULL,
  created      ${time} NOT NULL,
  version      ${int} NOT NULL
) ${strict};
CREATE INDEX api_keys_of_tenant ON api_keys (tenant_id, api_key);

CREATE TABLE operator_keys (
  operator_key TEXT ${bytewise} NOT NULL PRIMARY KEY
               CHECK (octet_length(operator_key) BETWEEN 1 AND 64),
  token_scheme TEXT NOT NULL CHECK (octet_length(token_scheme) <= 32),
  token_key    ${int} NOT NULL,
  token_hash   TEXT NOT NULL CHECK (octet_length(token_hash) <= 1024),
  created      ${time} NOT NULL
) ${strict};

-- Commands outlive their device. The payload is sealed under the tenant's keys (THREATS T03).
CREATE TABLE commands (
  number         ${identity},
  tenant_id      TEXT ${bytewise} NOT NULL REFERENCES tenants (id),
  command_id     TEXT ${bytewise} NOT NULL CHECK (octet_length(command_id) BETWEEN 1 AND 64),
  tenant_number  ${int} NOT NULL,
  device_number  ${int} NOT NULL,
  type_id        TEXT ${bytewise} NOT NULL CHECK (octet_length(type_id) BETWEEN 1 AND 36),
  device_id      TEXT ${bytewise} NOT NULL CHECK (octet_length(device_id) BETWEEN 1 AND 128),
  name           TEXT NOT NULL CHECK (octet_length(name) <= 1024),
  format         TEXT NOT NULL CHECK (octet_length(format) <= 256),
  sealed_payload ${bytes} NOT NULL,
  qos            ${int} NOT NULL CHECK (qos BETWEEN 0 AND 2),
  status         TEXT NOT NULL CHECK (octet_length(status) <= 32),
  submitted_by   TEXT NOT NULL CHECK (octet_length(submitted_by) <= 1024),
  created        ${time} NOT NULL,
  expires        ${time} NOT NULL,
  updated        ${time} NOT NULL,
  reason         TEXT CHECK (octet_length(reason) <= 4096),
  UNIQUE (tenant_id, command_id)
) ${strict};
CREATE INDEX commands_of_device ON commands (tenant_id, type_id, device_id, number);
CREATE INDEX commands_waiting ON commands (device_number, number) WHERE status = 'PENDING';
CREATE INDEX commands_to_expire ON commands (expires) WHERE status = 'PENDING';
CREATE INDEX commands_by_change ON commands (status, updated);

-- Audit chains; '-' is the installation's own. They outlive their tenant, so nothing is referenced.
CREATE TABLE audit_records (
  chain         TEXT ${bytewise} NOT NULL CHECK (octet_length(chain) BETWEEN 1 AND 6),
  sequence      ${int} NOT NULL CHECK (sequence >= 1),
  recorded      ${time} NOT NULL,
  actor         TEXT NOT NULL CHECK (octet_length(actor) <= 2048),
  action        TEXT NOT NULL CHECK (octet_length(action) <= 256),
  target        TEXT NOT NULL CHECK (octet_length(target) <= 2048),
  outcome       TEXT NOT NULL CHECK (octet_length(outcome) <= 32),
  refusal       TEXT ${bytewise} CHECK (octet_length(refusal) = 22),
  details       TEXT NOT NULL,
  previous_hash TEXT NOT NULL CHECK (octet_length(previous_hash) = 64),
  hash          TEXT NOT NULL CHECK (octet_length(hash) = 64),
  PRIMARY KEY (chain, sequence)
) ${strict};
CREATE INDEX audit_records_by_refusal ON audit_records (refusal, recorded)
  WHERE refusal IS NOT NULL;

CREATE TABLE settings (
  setting TEXT ${bytewise} NOT NULL PRIMARY KEY CHECK (octet_length(setting) BETWEEN 1 AND 128),
  content TEXT NOT NULL CHECK (octet_length(content) <= 1048576)
) ${strict};
