/** Incidents, their alerts, the remedies proposed for them, and flags. */
export const incidents = {
  name: '0002-incidents',
  sql: `
create table incident (
  tenant text not null,
  id text not null,
  title text not null,
  status text not null check (status in ('DETECTED', 'ACKNOWLEDGED', 'INVESTIGATING', 'RESOLVED', 'CLOSED')),
  severity text not null check (severity in ('P0', 'P1', 'P2', 'P3', 'P4')),
  category text not null,
  region text,
  source text not null,
  group_key text,
  detected_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz,
  resolved_by text,
  primary key (tenant, id)
);
-- One open incident an alert group: a race of two deliveries ends with one incident, and a resolved one absorbs nothing.
create unique index incident_open_group on incident (tenant, group_key)
  where group_key is not null and status not in ('RESOLVED', 'CLOSED');
create index incident_by_status on incident (tenant, status, id);

create table alert (
  tenant text not null,
  id text not null,
  -- Null: it ended before we ever saw it fire, and so never had an incident.
  incident_id text,
  group_key text not null,
  fingerprint text not null,
  starts_at timestamptz not null,
  status text not null check (status in ('FIRING', 'RESOLVED')),
  labels text not null,
  annotations text not null,
  ends_at timestamptz,
  primary key (tenant, id),
  unique (tenant, group_key, fingerprint, starts_at),
  foreign key (tenant, incident_id) references incident (tenant, id)
);
create index alert_by_incident on alert (tenant, incident_id);

create table orchestration (
  tenant text not null,
  id text not null,
  incident_id text not null,
  stage text not null check (stage in ('SUGGEST', 'DRY_RUN', 'APPROVE', 'EXECUTE')),
  status text not null check (status in
    ('PROPOSED', 'DRY_RUNNING', 'DRY_RUN_PASSED', 'DRY_RUN_FAILED', 'APPROVED', 'REJECTED', 'EXECUTING', 'EXECUTED', 'EXECUTION_FAILED', 'EXECUTION_UNKNOWN')),
  adapter text not null,
  simulated boolean not null,
  operation text not null,
  targets text[] not null,
  parameters text not null,
  justification text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  difference text,
  dry_run_passed boolean,
  dry_run_at timestamptz,
  run_id text,
  executed_by text,
  executed_at timestamptz,
  outcome text,
  primary key (tenant, id),
  foreign key (tenant, incident_id) references incident (tenant, id)
);
create index orchestration_by_incident on orchestration (tenant, incident_id, id);

create table approval (
  tenant text not null,
  id text not null,
  orchestration_id text not null,
  verdict text not null check (verdict in ('APPROVED', 'REJECTED')),
  plan_hash text,
  actor text not null,
  justification text not null,
  at timestamptz not null,
  primary key (tenant, id),
  foreign key (tenant, orchestration_id) references orchestration (tenant, id)
);
create index approval_by_orchestration on approval (tenant, orchestration_id, id);

create table flag (
  tenant text not null,
  key text not null,
  enabled boolean not null,
  rate_limit integer check (rate_limit >= 0),
  reason text not null,
  set_by text not null,
  set_at timestamptz not null,
  primary key (tenant, key)
);

grant select, insert, update on incident, alert, orchestration, flag to countersign_app;
grant select, insert on approval to countersign_app;
`,
} as const;
