import { randomBytes } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { entryOf, type JsonObject, newId } from '../src/core/index.ts';
import { toDecision } from '../src/govern/decision.ts';
import { fileAnchor, Ledger, LedgerKey } from '../src/ledger/index.ts';
import { type PolicyBundle, PolicyEngine, readBundle } from '../src/policy/index.ts';
import type { Storage } from '../src/storage/index.ts';
import { MasterKeys, Vault } from '../src/vault/index.ts';
import { databaseRecords, type ReplayReport, readCandidate, replay, resolveTool } from '../src/workbench/index.ts';
import { onStorage, tenant } from './on-kernel.ts';
import { inputAt } from './replay-inputs.ts';

const DECISIONS = 100_000;
const BATCH = 1_000;
const policies = join(import.meta.dirname, '..', 'policies');
const fourEyes = ['four_eyes_approve', 'four_eyes_execute'];

/**
 * Replays 100,000 ledgered decisions on an embedded PostgreSQL: with the policy that made them, and with one that lost its four
 * eyes. The floor is a bare loop of `engine.decide` over the same inputs, on one core and in memory.
 */
export function benchReplay(): Promise<void> {
  return onStorage(measure);
}

async function measure(storage: Storage, folder: string): Promise<void> {
  const bundle = readBundle(join(policies, 'dist'));
  const engine = await PolicyEngine.load(bundle);
  const filled = await cost(() => fill(storage, folder, engine));
  say(
    `${DECISIONS} decisions of the engine, appended through the ledger in ${filled.wall.toFixed(0)} s; policy ${bundle.manifest.revision}`,
  );
  say(`load average ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores: wall times are worth what the machine was free for`);
  const floor = await measureFloor(engine);
  say(`${'floor: engine.decide, one core'.padEnd(34)}${line(floor)}`);
  await replayed('the same policy', storage, bundle, floor);
  const planted = await replayed('four eyes removed', storage, await withoutFourEyes(folder), floor);
  const expected = await countFourEyes(storage);
  say(`four eyes were unmet in ${expected} decisions by a query of the ledger; the replay changed ${planted.changed}`);
  if (planted.changed !== expected) process.exitCode = 1;
}

/** The loop with the making of its inputs taken off. */
async function measureFloor(engine: PolicyEngine): Promise<Cost> {
  const loop = (work: (n: number) => unknown) =>
    cost(async () => {
      for (let n = 0; n < DECISIONS; n += 1) work(n);
    });
  const deciding = await loop((n) => engine.decide(inputAt(n)));
  const making = await loop(inputAt);
  return { wall: deciding.wall - making.wall, cpu: deciding.cpu - making.cpu };
}

/** Decides and appends as the kernel does, without a command's rows around it. */
async function fill({ database }: Storage, folder: string, engine: PolicyEngine): Promise<void> {
  const key = LedgerKey.readOrCreate(join(folder, 'ledger.pem'));
  const anchor = fileAnchor(join(folder, 'checkpoints'));
  const ledger = new Ledger({ database, key, anchor, originPrefix: 'bench.local', waitMilliseconds: 30_000 });
  for (let from = 0; from < DECISIONS; from += BATCH) {
    const last = await database.transaction(tenant, async (trx) => {
      let id = newId('entry');
      for (let n = from; n < from + BATCH; n += 1) {
        const entry = entryAt(n, engine);
        await ledger.append(trx, tenant, entry);
        id = entry.id;
      }
      return id;
    });
    await ledger.acknowledge(tenant, last);
  }
  await ledger.stop();
}

function entryAt(n: number, engine: PolicyEngine) {
  const input = inputAt(n);
  const decision = toDecision(newId('decision', new Date(input.now.iso)), tenant, input, engine.decide(input));
  const data: JsonObject = { decision, input, effect: decision.result === 'ALLOW' ? { changed: input.resource.id } : null };
  const { actor, resource } = input;
  const subject = `${resource.type}:${resource.id}`;
  return {
    id: entryOf(decision.decisionId),
    ts: decision.ts,
    type: input.action,
    subject,
    actor: { id: actor.id, kind: actor.kind },
    data,
  };
}

async function withoutFourEyes(folder: string): Promise<PolicyBundle> {
  const sources = join(folder, 'policies');
  cpSync(policies, sources, { recursive: true });
  for (const rule of fourEyes) rmSync(join(sources, 'rules', 'orchestration', rule), { recursive: true });
  return readCandidate(sources, () => resolveTool('opa'));
}

/** Without any of our code: what PostgreSQL finds in the leaves. */
async function countFourEyes({ ownerUrl }: Storage): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::int as n from ledger_leaf where exists (
       select from jsonb_array_elements(convert_from(body, 'UTF8')::jsonb -> 'data' -> 'decision' -> 'rules') as rule
       where rule ->> 'ruleId' = any($1))`,
    [fourEyes.map((rule) => `orchestration.${rule}`)],
  );
  await client.end();
  return rows[0]?.n ?? 0;
}

async function replayed(name: string, storage: Storage, candidate: PolicyBundle, floor: Cost): Promise<ReplayReport> {
  const reports: ReplayReport[] = [];
  const took = await cost(async () => {
    reports.push(
      await replay({ records: databaseRecords(storage, new Vault(MasterKeys.of(randomBytes(32))), tenant), candidate, examples: 3 }),
    );
  });
  const [report] = reports;
  if (report === undefined) throw new Error('there is no report');
  const ratios = `× ${(took.wall / floor.wall).toFixed(2)} of the floor's time, × ${(took.cpu / floor.cpu).toFixed(2)} of its CPU time`;
  say(`${name.padEnd(34)}${line(took)}   ${ratios}`);
  say(`  ${report.replayed} replayed, ${report.changed} changed${report.kinds.map(({ kind, count }) => `, ${count} ${kind}`).join('')}`);
  return report;
}

/** Seconds on the clock, and of this process on all cores (PostgreSQL's own are not in it). */
type Cost = { readonly wall: number; readonly cpu: number };

async function cost(work: () => Promise<unknown>): Promise<Cost> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - started) / 1_000, cpu: (user + system) / 1_000_000 };
}

function line({ wall, cpu }: Cost): string {
  return `${wall.toFixed(2).padStart(6)} s, CPU ${cpu.toFixed(2).padStart(6)} s, ${Math.round(DECISIONS / wall)} decisions/s`;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
