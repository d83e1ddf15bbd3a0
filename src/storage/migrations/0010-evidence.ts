/** Evidence of releases: files by what is in them, the bundles that name them, and what runs where by which bundle. */
export const evidence = {
  name: '0010-evidence',
  sql: `
-- A place that was given out for a file's bytes, in PostgreSQL or elsewhere; it goes when its bytes have gone.
create table evidence_blob (
  tenant text not null,
  id text not null,
  digest text not null,
  size bigint not null check (size between 0 and 5368709120),
  begun_by text not null,
  begun_at timestamptz not null,
  primary key (tenant, id)
);

-- A file that is there, whole, and is what its digest says.
create table evidence_file (
  tenant text not null,
  digest text not null,
  size bigint not null,
  blob text not null,
  stored_at timestamptz not null,
  primary key (tenant, digest),
  foreign key (tenant, blob) references evidence_blob (tenant, id)
);
create index evidence_file_by_blob on evidence_file (tenant, blob);

-- The bytes, where PostgreSQL keeps them: up to 1 MiB a row.
create table evidence_chunk (
  tenant text not null,
  blob text not null,
  part integer not null check (part >= 0),
  bytes bytea not null check (octet_length(bytes) <= 1048576),
  primary key (tenant, blob, part)
);
alter table evidence_chunk alter column bytes set storage external;

create table evidence_registration (
  tenant text not null,
  release text not null,
  kind text not null,
  content text not null,
  registered_by text not null,
  registered_at timestamptz not null,
  primary key (tenant, release, kind, content, registered_by)
);

create table evidence_waiver (
  tenant text not null,
  entry_id text not null,
  release text not null,
  requirement text not null,
  reason text not null,
  waived_by text not null,
  waived_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant, entry_id)
);
create index evidence_waiver_by_release on evidence_waiver (tenant, release);

create table evidence_bundle (
  tenant text not null,
  -- sha256:… of manifest.json.
  manifest text not null,
  release text not null,
  kind text not null,
  -- 0, or how many deltas there are with this one.
  number integer not null check (number >= 0),
  parent text,
  -- The tenant's how-manieth.
  position bigint not null check (position > 0),
  at timestamptz not null,
  verdict text not null check (verdict in ('PASSED', 'FAILED')),
  -- JSON: [{id, outcome, detail, obtain, waiver: {owner, reason, expiresAt} | null}].
  requirements text not null,
  missing integer not null check (missing >= 0),
  -- When the first of the waivers that it uses ends.
  waived_until timestamptz,
  published_by text not null,
  published_at timestamptz not null,
  primary key (tenant, manifest),
  -- A release is one line of bundles: two that go on from the same one cannot both be there.
  unique (tenant, release, number),
  unique (tenant, position),
  check ((number = 0) = (parent is null))
);

create table evidence_bundle_file (
  tenant text not null,
  manifest text not null,
  name text not null,
  kind text,
  digest text not null,
  size bigint not null,
  media_type text not null,
  -- The bundle that holds it; this one where null.
  held_by text,
  primary key (tenant, manifest, name),
  foreign key (tenant, manifest) references evidence_bundle (tenant, manifest),
  -- What is published is never removed.
  foreign key (tenant, digest) references evidence_file (tenant, digest),
  check (name <> 'manifest.json' or digest = manifest)
);
create index evidence_bundle_file_by_digest on evidence_bundle_file (tenant, digest);

-- The one with the highest position is current in its environment.
create table evidence_promotion (
  tenant text not null,
  environment text not null,
  position bigint not null check (position > 0),
  release text not null,
  manifest text not null,
  promoted_by text not null,
  promoted_at timestamptz not null,
  primary key (tenant, environment, position),
  foreign key (tenant, manifest) references evidence_bundle (tenant, manifest)
);

-- Gateways ask it for their gauges: numbers over the newest release of every tenant, no row of any.
create function evidence_health() returns table (missing bigint, waived_until timestamptz)
  language sql stable security definer set search_path = pg_catalog, public
  as $$
    with roots as (
      select distinct on (b.tenant) b.tenant, b.release from public.evidence_bundle b where b.number = 0 order by b.tenant, b.position desc
    ), newest as (
      select distinct on (b.tenant) b.missing, b.waived_until from public.evidence_bundle b
      join roots r on r.tenant = b.tenant and r.release = b.release order by b.tenant, b.number desc
    )
    select coalesce(sum(n.missing), 0)::bigint, min(n.waived_until) from newest n
  $$;
revoke all on function evidence_health() from public;
grant execute on function evidence_health() to countersign_app;

grant select, insert, delete on evidence_blob, evidence_file, evidence_chunk to countersign_app;
grant update (stored_at) on evidence_file to countersign_app;
grant select, insert on evidence_registration, evidence_waiver, evidence_bundle, evidence_bundle_file, evidence_promotion to countersign_app;
`,
} as const;
