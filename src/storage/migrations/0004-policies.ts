/** Policies that a tenant made its own, who called for each, and where a candidate would have decided otherwise. */
export const policies = {
  name: '0004-policies',
  sql: `
create table policy_bundle (
  tenant text not null,
  digest text not null,
  serial integer not null,
  revision text not null,
  signer text not null,
  stored_at timestamptz not null,
  manifest bytea not null,
  wasm bytea not null,
  data bytea not null,
  self_test bytea not null,
  signature bytea not null,
  primary key (tenant, digest)
);

-- The first of the two calls that a change takes.
create table policy_proposal (
  tenant text not null,
  action text not null check (action in ('policy.publish', 'policy.rollback')),
  digest text not null,
  -- Digest of the very manifest; of a rollback, which brings none, empty.
  manifest text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  primary key (tenant, action, digest, manifest)
);

-- The one with the highest position is active; a tenant without any is decided by the policy that ships.
create table policy_activation (
  tenant text not null,
  position bigint not null check (position between 1 and 1000000000),
  -- True: from then on the policy that ships decides, whichever that is in each version of the gateway.
  built_in boolean not null,
  action text not null check (action in ('policy.publish', 'policy.rollback')),
  digest text not null,
  serial integer not null,
  revision text not null,
  proposed_by text not null,
  confirmed_by text not null check (confirmed_by <> proposed_by),
  at timestamptz not null,
  primary key (tenant, position)
);

create table policy_divergence (
  tenant text not null,
  decision_id text not null,
  candidate text not null,
  action text not null,
  decided text not null,
  would_decide text not null,
  at timestamptz not null,
  primary key (tenant, candidate, decision_id)
);

-- Gateways ask it which tenants changed, without being told of anything else of theirs.
create function policy_heads() returns table (tenant text, "position" bigint, digest text, built_in boolean)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    select distinct on (a.tenant) a.tenant, a.position, a.digest, a.built_in from public.policy_activation a order by a.tenant, a.position desc
  $$;
revoke all on function policy_heads() from public;
grant execute on function policy_heads() to countersign_app;

grant select, insert, update on policy_bundle to countersign_app;
grant select, insert, delete on policy_proposal to countersign_app;
grant select, insert on policy_activation, policy_divergence to countersign_app;
`,
} as const;
