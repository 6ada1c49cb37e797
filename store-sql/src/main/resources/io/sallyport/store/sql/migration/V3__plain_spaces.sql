-- Plain spaces: generic MQTT inside a tenant, with credentials, access rules and bridges.
-- Never change this file after a release; add the next number.

-- The one name space that plain credentials and users of a tenant log in with: who takes a name
-- here first has it.
CREATE TABLE login_names (
  tenant_id TEXT ${bytewise} NOT NULL REFERENCES tenants (id),
  name      TEXT ${bytewise} NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 256),
  kind      TEXT NOT NULL CHECK (octet_length(kind) BETWEEN 1 AND 32),
  PRIMARY KEY (tenant_id, name)
) ${strict};

CREATE TABLE plain_spaces (
  number         ${int} NOT NULL PRIMARY KEY REFERENCES objects (number) ON DELETE CASCADE,
  tenant_id      TEXT ${bytewise} NOT NULL,
  name           TEXT ${bytewise} NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 64),
  acknowledge    TEXT NOT NULL CHECK (octet_length(acknowledge) <= 32),
  denied_publish TEXT NOT NULL CHECK (octet_length(denied_publish) <= 32),
  created        ${time} NOT NULL,
  version        ${int} NOT NULL,
  UNIQUE (tenant_id, name)
) ${strict};

-- A credential without password is opened by a listener's identity only. The rules are a JSON list
-- of texts, in order.
CREATE TABLE plain_credentials (
  number             ${int} NOT NULL PRIMARY KEY REFERENCES objects (number) ON DELETE CASCADE,
  tenant_id          TEXT ${bytewise} NOT NULL,
  name               TEXT ${bytewise} NOT NULL,
  space              TEXT ${bytewise} NOT NULL,
  space_number       ${int} NOT NULL REFERENCES plain_spaces (number),
  token_scheme       TEXT CHECK (octet_length(token_scheme) <= 32),
  token_key          ${int},
  token_hash         TEXT CHECK (octet_length(token_hash) <= 1024),
  client_ids         TEXT NOT NULL CHECK (octet_length(client_ids) <= 1024),
  rules              TEXT NOT NULL CHECK (octet_length(rules) <= 1048576),
  connections_max    ${int} NOT NULL,
  sessions_max       ${int} NOT NULL,
  retained_max       ${int} NOT NULL,
  retained_bytes_max ${int} NOT NULL,
  enabled            ${flag} NOT NULL,
  created            ${time} NOT NULL,
  version            ${int} NOT NULL,
  revision           ${int} NOT NULL,
  UNIQUE (tenant_id, name),
  FOREIGN KEY (tenant_id, name) REFERENCES login_names (tenant_id, name)
) ${strict};
CREATE INDEX plain_credentials_of_space ON plain_credentials (space_number, name);

CREATE TABLE plain_bridges (
  number       ${int} NOT NULL PRIMARY KEY REFERENCES objects (number) ON DELETE CASCADE,
  tenant_id    TEXT ${bytewise} NOT NULL,
  space        TEXT ${bytewise} NOT NULL,
  space_number ${int} NOT NULL REFERENCES plain_spaces (number),
  name         TEXT ${bytewise} NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 64),
  direction    TEXT NOT NULL CHECK (octet_length(direction) <= 32),
  topic        TEXT NOT NULL CHECK (octet_length(topic) <= 4096),
  type_id      TEXT ${bytewise} NOT NULL CHECK (octet_length(type_id) BETWEEN 1 AND 36),
  device_id    TEXT ${bytewise} NOT NULL CHECK (octet_length(device_id) BETWEEN 1 AND 128),
  event        TEXT NOT NULL CHECK (octet_length(event) <= 512),
  format       TEXT NOT NULL CHECK (octet_length(format) <= 512),
  author       TEXT NOT NULL CHECK (octet_length(author) <= 1024),
  stopped      TEXT CHECK (octet_length(stopped) <= 4096),
  created      ${time} NOT NULL,
  version      ${int} NOT NULL,
  UNIQUE (space_number, name)
) ${strict};
