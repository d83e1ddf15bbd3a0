import { join } from 'node:path';
import { pino } from 'pino';
import { expect } from 'vitest';
import { auditCommands } from '../../src/audit/index.ts';
import { type Actor, type Identity, type Role, serviceActor, serviceContext } from '../../src/auth/index.ts';
import { readYaml } from '../../src/config/index.ts';
import { digestOf, fixedClock, isJsonObject, type JsonObject, type TenantId, tenantId } from '../../src/core/index.ts';
import { setFlag } from '../../src/flags/index.ts';
import { type AnyCommand, type Decision, Kernel, type KernelOptions, type Outcome } from '../../src/govern/index.ts';
import {
  type Adapters,
  announceBreakGlass,
  type CalendarFacts,
  classificationSchema,
  currentPlanHash,
  findOrchestration,
  type IncidentParts,
  incidentCommands,
  type Orchestration,
  simulate,
} from '../../src/incidents/index.ts';
import type { Jobs } from '../../src/jobs/index.ts';
import type { Ledger } from '../../src/ledger/index.ts';
import { PolicyEngine, readBundle } from '../../src/policy/index.ts';
import { countErasures, eraseSubject } from '../../src/privacy/index.ts';
import { Metrics, type Telemetry, Tracing } from '../../src/telemetry/index.ts';
import { MasterKeys, Vault } from '../../src/vault/index.ts';
import { ledgerOver } from './ledger.ts';
import { openTestDatabase, query, type TestDatabase } from './postgres.ts';

const root = join(import.meta.dirname, '../..');
const bundle = readBundle(join(root, 'policies/dist'));
export const engine: PolicyEngine = await PolicyEngine.load(bundle);
/** The same policy asked for an answer that it does not have: a real engine at fault. */
export const mute: PolicyEngine = await PolicyEngine.load({
  ...bundle,
  manifest: { ...bundle.manifest, entrypoint: 'main/no_such_answer' },
});

/** The real engine with `decide` replaced: where the real one cannot be made to do what is needed. */
export function engineThat(decide: PolicyEngine['decide']): PolicyEngine {
  return Object.assign(Object.create(engine), { decide });
}
/** The same engine as if it had been compiled from other sources. */
const underRevision = (of: PolicyEngine, revision: string): PolicyEngine =>
  Object.assign(Object.create(of), {
    version: { digest: revision === of.version.revision ? of.version.digest : digestOf(Buffer.from(revision)), revision },
    decide: of.decide.bind(of),
  });

export const classification = readYaml(join(root, 'config/incidents.yaml'), classificationSchema);

export const acme: TenantId = tenantId('acme');
export const globex: TenantId = tenantId('globex');
export const noon = '2026-03-02T12:00:00.000Z';

/** A person of a tenant as a strict issuer would describe them: every purpose, a trusted device, a fresh second factor. */
export function person(id: string, roles: readonly Role[], over: Partial<Actor> = {}): Identity {
  const actor: Actor = {
    id,
    kind: 'human',
    tenant: acme,
    roles,
    purposes: ['incident-response', 'operations', 'audit'],
    authTime: Date.parse(noon) / 1000,
    acr: 'urn:countersign:acr:mfa',
    amr: ['pwd', 'otp'],
    ...over,
  };
  return { actor, context: { zone: 'corporate', deviceTrust: 'high', sessionRisk: 0, channel: 'graphql' } };
}

export const rosa: Identity = person('usr_rosa', ['responder']);
export const rick: Identity = person('usr_rick', ['responder']);
export const sam: Identity = person('usr_sam', ['sre']);
export const olga: Identity = person('usr_olga', ['org-admin']);
export const vic: Identity = person('usr_vic', ['viewer']);
export const ada: Identity = person('usr_ada', ['auditor']);
export const stranger: Identity = person('usr_sam', ['sre', 'org-admin', 'responder'], { tenant: globex });
export const source = (tenant: TenantId = acme): Identity => ({
  actor: serviceActor(tenant, 'alertmanager-test'),
  context: serviceContext('webhook'),
});
export const orchestrator: Identity = { actor: serviceActor(acme, 'orchestrator'), context: serviceContext('job') };

/** What a job carried, as the stub of `Jobs.enqueue` saw it. A transaction that was run again shows here twice. */
export type Sent = { readonly queue: string; readonly data: JsonObject };

export type World = TestDatabase & {
  readonly kernel: Kernel;
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly clock: ReturnType<typeof fixedClock>;
  readonly telemetry: Telemetry;
  readonly metrics: Metrics;
  readonly sent: Sent[];
  readonly settled: { decision: Decision; result: JsonObject | null }[];
  /** Lines of the log, parsed. */
  readonly lines: JsonObject[];
  readonly parts: { revision: string; freeze: ReturnType<IncidentParts['freezeOf']>; calendar: CalendarFacts };
  govern(action: string, identity: Identity, args: unknown, idempotencyKey?: string): Promise<Outcome>;
};

export type WorldOptions = Partial<Omit<KernelOptions, 'database' | 'telemetry'>> & {
  readonly engine?: PolicyEngine;
  /** Another world whose database, ledger and clock this one shares: a second gateway. */
  readonly beside?: World;
  /** A database that has rows already; the world closes it. */
  readonly on?: TestDatabase;
  readonly commands?: readonly AnyCommand[];
  readonly jobs?: (database: TestDatabase) => Pick<Jobs, 'enqueue'>;
  readonly adapters?: Adapters;
  readonly maxAttempts?: number;
  readonly poolSize?: number;
  readonly waitMilliseconds?: number;
};

const thawed = { active: false, until: '', reason: '' };
/** A tenant that changes things at any time. */
export const always: CalendarFacts = { timeZone: 'UTC', weekday: 1, minuteOfDay: 720, holiday: null, window: null };

/** The same master key in every world: what one gateway seals another opens. */
export const masterKey: Buffer = Buffer.alloc(32, 5);

/** Everything below the gateway, on a database of its own, with a clock that stands still at `noon`. */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { beside } = options;
  const db = beside ?? options.on ?? (await openTestDatabase({ poolSize: options.poolSize ?? 12, maxAttempts: options.maxAttempts ?? 5 }));
  const clock = beside?.clock ?? fixedClock(noon);
  const ledger = options.ledger ?? beside?.ledger ?? ledgerOver(db.database, { waitMilliseconds: options.waitMilliseconds ?? 10_000 });
  const vault = options.vault ?? beside?.vault ?? new Vault(MasterKeys.of(masterKey));
  const parts = beside?.parts ?? { revision: engine.version.revision, freeze: thawed, calendar: always };
  const incidents: IncidentParts = {
    adapters: options.adapters ?? new Map([[simulate.name, simulate]]),
    calendarOf: () => parts.calendar,
    freezeOf: () => parts.freeze,
  };
  const sent: Sent[] = [];
  const stub = {
    enqueue: async (_trx: unknown, queue: { name: string }, data: object) => void sent.push({ queue: queue.name, data: json(data) }),
  };
  const jobs = options.jobs?.(db) ?? stub;
  const lines: JsonObject[] = [];
  const metrics = new Metrics();
  const telemetry: Telemetry = {
    log: pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    metrics,
    tracing: new Tracing(undefined),
  };
  const settled: World['settled'] = [];
  const announce = announceBreakGlass(telemetry);
  const count = countErasures(metrics);
  const all = [
    ...incidentCommands(incidents, jobs, classification),
    setFlag,
    ...auditCommands({ ledger, vault, shown: async () => undefined }),
    eraseSubject(ledger, vault),
    ...(options.commands ?? []),
  ];
  const commands = [...new Map(all.map((command) => [command.action, command])).values()]; // a test's own stand for ours
  const kernel = new Kernel(
    {
      database: db.database,
      ledger,
      vault,
      policies: { engineFor: () => underRevision(options.engine ?? engine, parts.revision) },
      clock,
      telemetry,
      maxInFlight: 256,
      onSettled: (decision, result) => {
        settled.push({ decision, result });
        announce(decision, result);
        count(decision, result);
      },
      ...options,
    },
    commands,
  );
  return {
    ...db,
    kernel,
    ledger,
    vault,
    clock,
    telemetry,
    metrics,
    sent,
    settled,
    lines,
    parts,
    govern: (action, identity, args, idempotencyKey) => kernel.govern(action, { identity, args, idempotencyKey }),
    close: async () => {
      if (beside !== undefined) return;
      await ledger.stop();
      await db.close();
    },
  };
}

/** Resolves when so many statements of the database wait for a lock: how a test knows that a race has come to its point. */
export async function untilBlocked(world: TestDatabase, number: number): Promise<void> {
  const blocked = `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await expect.poll(async () => (await query(world.ownerUrl, blocked))[0]?.['n'], { interval: 5, timeout: 15_000 }).toBe(number);
}

function json(value: object): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  if (!isJsonObject(copy)) throw new Error('a job carries an object');
  return copy;
}

/** Fails unless it was allowed; what it came to. */
export function resultOf(outcome: Outcome): JsonObject {
  if (outcome.result !== null) return outcome.result;
  throw new Error(`${outcome.decision.action} was not allowed: ${outcome.decision.ruleId}, ${outcome.decision.explanation}`);
}

export const ruleOf = (outcome: Outcome): string => `${outcome.decision.result} ${outcome.decision.ruleId}`;

export type AlertArgs = {
  groupKey: string;
  fingerprint: string;
  status: 'firing' | 'resolved';
  startsAt: string;
  endsAt: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
};

export function alertArgs(over: Partial<AlertArgs> = {}): JsonObject {
  return {
    source: 'alertmanager:test',
    groupKey: 'group-1',
    fingerprint: 'f1',
    status: 'firing',
    startsAt: '2026-03-02T11:59:00Z',
    endsAt: null,
    labels: { alertname: 'Latency', severity: 'error' },
    annotations: { summary: 'checkout is slow' },
    ...over,
  };
}

export async function openIncident(world: World, over: Partial<AlertArgs> = {}, tenant: TenantId = acme): Promise<string> {
  return String(resultOf(await world.govern('alert.receive', source(tenant), alertArgs(over)))['incidentId']);
}

export const why = 'because checkout is slow';
export const remedy = {
  adapter: 'simulate',
  operation: 'restart.service',
  targets: ['checkout-1', 'checkout-2'],
  parameters: { grace: 5 },
};

export async function propose(world: World, incidentId: string, by: Identity = rosa, over: object = {}): Promise<string> {
  const outcome = await world.govern('orchestration.propose', by, { incidentId, ...remedy, justification: why, ...over });
  return String(resultOf(outcome)['orchestrationId']);
}

/** Asks for a dry run and answers the run's id, as its job carries it. */
export async function askDryRun(world: World, orchestrationId: string, by: Identity = rosa): Promise<string> {
  resultOf(await world.govern('orchestration.dry_run', by, { orchestrationId }));
  return String(world.sent.at(-1)?.data['runId']);
}

export const difference = { agent: 'simulate', body: { changes: ['one', 'two'] } };
export const report = (orchestrationId: string, runId: string, over: object = {}) => ({
  orchestrationId,
  runId,
  succeeded: true,
  answered: true,
  detail: difference,
  ...over,
});

export async function orchestrationNow(world: World, id: string): Promise<Orchestration & { readonly planHash: string | null }> {
  const found = await world.database.transaction(acme, (trx) => findOrchestration(trx, acme, id));
  if (found === undefined) throw new Error(`there is no ${id}`);
  return { ...found, planHash: currentPlanHash(found, underRevision(engine, world.parts.revision).version.digest) };
}

export type Plan = { readonly incidentId: string; readonly orchestrationId: string; readonly planHash: string };

/** A remedy with a passed dry run, ready to be approved. */
export async function dryRunPassed(world: World, over: Partial<AlertArgs> = {}): Promise<Plan> {
  const incidentId = await openIncident(world, over);
  const orchestrationId = await propose(world, incidentId);
  const runId = await askDryRun(world, orchestrationId);
  resultOf(await world.govern('orchestration.record_dry_run', orchestrator, report(orchestrationId, runId)));
  const { planHash } = await orchestrationNow(world, orchestrationId);
  return { incidentId, orchestrationId, planHash: planHash ?? '' };
}

/** A remedy of Rosa's that Sam approved. */
export async function approved(world: World, over: Partial<AlertArgs> = {}): Promise<Plan> {
  const plan = await dryRunPassed(world, over);
  const { orchestrationId, planHash } = plan;
  resultOf(await world.govern('orchestration.approve', sam, { orchestrationId, planHash, justification: why }));
  return plan;
}

export const executeArgs = ({ orchestrationId, planHash }: Plan) => ({ orchestrationId, planHash });

/** Every entry that is committed, sequenced or not; those of one tenant in their order. */
export async function entries(world: World, type?: string): Promise<JsonObject[]> {
  const rows = await query(
    world.ownerUrl,
    'select body, tenant, 0 as waiting, seq from ledger_leaf union all select body, tenant, 1, position from ledger_outbox order by 2, 3, 4',
  );
  const all = rows.map((row): JsonObject => JSON.parse(String(row['body'])));
  return type === undefined ? all : all.filter((entry) => entry['type'] === type);
}

const tables = [
  'incident',
  'alert',
  'orchestration',
  'approval',
  'break_glass',
  'break_glass_review',
  'flag',
  'idempotency_key',
  'ledger_outbox',
  'ledger_leaf',
  'ledger_subject',
  'subject_key',
  'ledger_disclosure',
];

/** Everything that a business transaction could have written, row by row, as the superuser sees it. */
export async function everything(world: TestDatabase): Promise<Record<string, unknown[]>> {
  const selects = tables.map(
    (table) => `'${table}', (select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]') from ${table} t)`,
  );
  const [row] = await query(world.ownerUrl, `select jsonb_build_object(${selects.join(', ')}) as all`);
  return Object(row?.['all']);
}
