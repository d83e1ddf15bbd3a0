import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { packageRoot } from '../../src/config/index.ts';
import { exportLog } from '../../src/ledger/index.ts';
import { type PolicyBundle, readBundle } from '../../src/policy/index.ts';
import type { Trx } from '../../src/storage/index.ts';
import { databaseRecords, type Records, readCandidate, resolveTool, writeDisclosures } from '../../src/workbench/index.ts';
import { makeFolder } from '../support/folders.ts';
import { entryWith } from '../support/ledger.ts';
import {
  acme,
  ada,
  approved,
  askDryRun,
  executeArgs,
  globex,
  masterKey,
  mute,
  openIncident,
  openWorld,
  orchestrationNow,
  orchestrator,
  type Plan,
  person,
  propose,
  report,
  resultOf,
  rick,
  rosa,
  sam,
  stranger,
  vic,
  type World,
  why,
} from '../support/world.ts';

export const policies = join(packageRoot(), 'policies');
export const active: PolicyBundle = readBundle(join(policies, 'dist'));

/** When the second half of the history begins. */
export const later = '2026-03-03T09:00:00.000Z';

/** Sam with a password only; Sam on a device that nobody manages. */
const weakSam = { ...sam, actor: { ...sam.actor, acr: null } };
const roamingSam = { ...sam, context: { ...sam.context, deviceTrust: 'low' as const } };

export type History = {
  readonly world: World;
  /** Every decision of `acme` in the order made, by a name where a test asks for it. */
  readonly named: Readonly<Record<string, string>>;
  /** Entries of `acme` that hold no decision. */
  readonly notDecisions: number;
};

/** Three dozen decisions of a real kernel in two logs: allowed, denied, stepped up, one by a failing engine; and an entry that is none. */
export async function makeHistory(): Promise<History> {
  const world = await openWorld();
  const named: Record<string, string> = {};
  const keep = async (name: string, action: string, who: typeof sam, args: unknown, by: World = world): Promise<void> => {
    named[name] = (await by.govern(action, who, args)).decision.decisionId;
  };
  const plan = await approved(world, { groupKey: 'g1', fingerprint: 'f1', labels: { alertname: 'Latency', severity: 'critical' } });
  await keep('sam executes what sam approved', 'orchestration.execute', sam, executeArgs(plan));
  await keep('the same with a password only', 'orchestration.execute', weakSam, executeArgs(plan));
  await keep('vic executes', 'orchestration.execute', vic, executeArgs(plan));
  await keep('ada executes', 'orchestration.execute', ada, executeArgs(plan));
  await keep('rick executes with a password only', 'orchestration.execute', weak('usr_rick'), executeArgs(plan));
  await keep('rick executes', 'orchestration.execute', rick, executeArgs(plan));
  await keep('the engine fails', 'flag.set', sam, flag('a.b'), await openWorld({ beside: world, engine: mute }));
  await world.database.transaction(acme, (trx) => world.ledger.append(trx, acme, entryWith({ note: 'no decision' })));
  for (let n = 0; n < 12; n += 1) resultOf(await world.govern('flag.set', sam, flag(`flag.${n}`)));

  world.clock.set(later);
  const own = await ownProposal(world);
  const approve = { orchestrationId: own.orchestrationId, planHash: own.planHash, justification: why };
  await keep('sam approves what sam proposed', 'orchestration.approve', freshly(sam), approve);
  await keep('the same on a roaming device', 'orchestration.approve', freshly(roamingSam), approve);
  await world.govern('incident.acknowledge', rosa, { incidentId: plan.incidentId });
  await openIncident(world, { groupKey: 'g9' }, globex);
  await world.govern('flag.set', stranger, flag('globex.flag'));
  await settled(world);
  return { world, named, notDecisions: 1 };
}

const weak = (id: string) => person(id, ['responder'], { acr: null });
export const flag = (key: string) => ({ key, enabled: true, justification: 'switched by a test of the workbench' });
/** Signed in at the later day, so that nothing but the case itself is unmet. */
const freshly = (who: typeof sam) => ({ ...who, actor: { ...who.actor, authTime: Date.parse(later) / 1000 } });

async function ownProposal(world: World): Promise<Plan> {
  const incidentId = await openIncident(world, { groupKey: 'g2', fingerprint: 'f2' });
  const orchestrationId = await propose(world, incidentId, sam);
  const runId = await askDryRun(world, orchestrationId, sam);
  resultOf(await world.govern('orchestration.record_dry_run', orchestrator, report(orchestrationId, runId)));
  const { planHash } = await orchestrationNow(world, orchestrationId);
  return { incidentId, orchestrationId, planHash: planHash ?? '' };
}

/** Waits until checkpoints cover all that both logs hold. */
async function settled(world: World): Promise<void> {
  for (const log of [acme, globex]) {
    const head = (trx: Trx) => trx.selectFrom('ledger_head').select('size').where('tenant', '=', log).executeTakeFirstOrThrow();
    const { size } = await world.database.transaction(log, head);
    await vi.waitFor(async () => expect((await world.ledger.checkpoint(log))?.size).toBe(Number(size)), { timeout: 10_000, interval: 10 });
  }
}

export const recordsOf = (world: World, log?: typeof acme): Records => databaseRecords(world, world.vault, log);

/** `acme` as `ledger export` writes it, with what `vault disclose` adds. */
export async function exported(world: World): Promise<string> {
  const folder = makeFolder('replay-export');
  await exportLog(world.database, world.ledger, acme, folder);
  await writeDisclosures(world.database, world.vault, acme, folder);
  return folder;
}

/** What a command needs to read this world's database. */
export function environmentOf({ ownerUrl, appUrl }: World, folder: string): Record<string, string> {
  const keys = join(folder, 'vault.keys');
  writeFileSync(keys, masterKey.toString('base64'));
  return { COUNTERSIGN_DATA: join(folder, 'data'), DATABASE_URL: ownerUrl, DATABASE_APP_URL: appUrl, VAULT_KEY_FILE: keys };
}

/** The sources without the two rules that ask for a second person. */
export function withoutFourEyes(): string {
  const folder = makeFolder('replay-sources');
  cpSync(policies, folder, { recursive: true });
  for (const rule of ['four_eyes_approve', 'four_eyes_execute']) rmSync(join(folder, 'rules/orchestration', rule), { recursive: true });
  return folder;
}

export const compileCandidate = (folder: string): Promise<PolicyBundle> => readCandidate(folder, () => resolveTool('opa'));
