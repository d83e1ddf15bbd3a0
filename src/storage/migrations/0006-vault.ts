/**
 * Keys of what people write, and what opens the commitments that stand in the ledger for it. The application may delete both: that is
 * what an erasure is. `wrapped_key` changes when the master key does, and at no other time.
 */
export const vault = {
  name: '0006-vault',
  sql: `
create table subject_key (
  tenant text not null,
  subject text not null,
  -- Base64url of the data key under the master key of that id (src/vault/master-keys.ts).
  wrapped_key text not null,
  master_key_id text not null,
  created_at timestamptz not null,
  primary key (tenant, subject)
);
create index subject_key_by_master on subject_key (tenant, master_key_id);

create table ledger_disclosure (
  tenant text not null,
  entry_id text not null,
  -- JSON pointer in the leaf.
  path text not null,
  subject text not null,
  -- The value, sealed under the subject's data key; its salt comes from the key, the entry and the path.
  sealed text not null,
  primary key (tenant, entry_id, path)
);
create index ledger_disclosure_by_subject on ledger_disclosure (tenant, subject);

grant select, insert, delete on subject_key, ledger_disclosure to countersign_app;
grant update (wrapped_key, master_key_id) on subject_key to countersign_app;
`,
} as const;
