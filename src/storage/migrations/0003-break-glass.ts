/** Declared emergencies and what their reviewers said. Both are written once: the application may neither change nor delete one. */
export const breakGlass = {
  name: '0003-break-glass',
  sql: `
create table break_glass (
  tenant text not null,
  id text not null,
  incident_id text not null,
  declared_by text not null,
  justification text not null,
  declared_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > declared_at),
  primary key (tenant, id),
  foreign key (tenant, incident_id) references incident (tenant, id)
);
create index break_glass_by_incident on break_glass (tenant, incident_id, declared_by, expires_at);
create index break_glass_by_actor on break_glass (tenant, declared_by, expires_at);

-- One review a reviewer, whatever races.
create table break_glass_review (
  tenant text not null,
  break_glass_id text not null,
  reviewer text not null,
  verdict text not null check (verdict in ('JUSTIFIED', 'NOT_JUSTIFIED')),
  comment text not null,
  reviewed_at timestamptz not null,
  primary key (tenant, break_glass_id, reviewer),
  foreign key (tenant, break_glass_id) references break_glass (tenant, id)
);

grant select, insert on break_glass, break_glass_review to countersign_app;
`,
} as const;
