-- Where credentials succeeded from, so that a restart does not forget it (THREATS T44). MACs, not
-- names or addresses: who reads the database learns nothing of who logs in from where. At most 8
-- rows of a credential, none older than 30 days; nothing is referenced, since names are hidden.
CREATE TABLE known_addresses (
  credential TEXT ${bytewise} NOT NULL CHECK (octet_length(credential) = 32),
  address    TEXT ${bytewise} NOT NULL CHECK (octet_length(address) = 32),
  seen       ${time} NOT NULL,
  PRIMARY KEY (credential, address)
) ${strict};
CREATE INDEX known_addresses_by_time ON known_addresses (seen);
