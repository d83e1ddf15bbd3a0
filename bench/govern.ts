import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../src/auth/index.ts';
import { type EntryId, systemClock, type TenantId, tenantId } from '../src/core/index.ts';
import { setFlag, upsertFlag } from '../src/flags/index.ts';
import { Kernel } from '../src/govern/index.ts';
import { fileAnchor, Ledger, LedgerKey, type Receipt } from '../src/ledger/index.ts';
import { PolicyEngine, readBundle } from '../src/policy/index.ts';
import { openStorage, type Storage } from '../src/storage/index.ts';
import { createLogger, Metrics, Tracing } from '../src/telemetry/index.ts';
import { heading, row, summarise, timed } from './statistics.ts';

const WARM_UP = 300;
const ROUNDS = 3_000;
const tenant = tenantId('alpha');

/** The ledger with its wait measured, so that it can be shown apart from what governing costs. */
class MeasuredLedger extends Ledger {
  lastWait = 0;

  override async acknowledge(log: TenantId, entryId: EntryId): Promise<Receipt> {
    const started = process.hrtime.bigint();
    const receipt = await super.acknowledge(log, entryId);
    this.lastWait = Number(process.hrtime.bigint() - started) / 1_000;
    return receipt;
  }
}

/** A governed mutation beside the same mutation ungoverned, call by call in turn, on one embedded PostgreSQL with durable commits. */
export async function benchGovern(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  chmodSync(dataDir, 0o755); // PostgreSQL's own user enters it when we are root
  const storage = await openStorage({ dataDir });
  try {
    await measure(storage, dataDir);
  } finally {
    await storage.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure({ database }: Storage, dataDir: string): Promise<void> {
  const ledger = new MeasuredLedger({
    database,
    key: LedgerKey.readOrCreate(join(dataDir, 'ledger.pem')),
    anchor: fileAnchor(join(dataDir, 'checkpoints')),
    originPrefix: 'bench.local',
    waitMilliseconds: 5_000,
  });
  const engine = await PolicyEngine.load(readBundle(join(import.meta.dirname, '..', 'policies', 'dist')));
  const telemetry = { log: createLogger('silent'), metrics: new Metrics(), tracing: new Tracing(undefined) };
  const kernel = new Kernel({ database, ledger, engine, clock: systemClock, telemetry, maxInFlight: 16 }, [setFlag]);

  const justification = 'a benchmark switches this flag';
  const ungoverned = (round: number): Promise<void> =>
    database.transaction(tenant, (trx) =>
      upsertFlag(trx, tenant, {
        key: 'bench.plain',
        enabled: round % 2 === 0,
        rateLimit: null,
        reason: justification,
        setBy: 'bench',
        setAt: new Date(),
      }),
    );
  const governed = async (round: number): Promise<void> => {
    const { decision } = await kernel.govern('flag.set', {
      identity,
      args: { key: 'bench.governed', enabled: round % 2 === 0, justification },
      idempotencyKey: `bench-round-${round + WARM_UP}`,
    });
    if (decision.result !== 'ALLOW') throw new Error(`the benchmark was refused by ${decision.ruleId}`);
  };

  const samples = { plain: [] as number[], governed: [] as number[], wait: [] as number[], overhead: [] as number[] };
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const plain = await timed(() => ungoverned(round));
    const total = await timed(() => governed(round));
    if (round < 0) continue;
    samples.plain.push(plain);
    samples.governed.push(total - ledger.lastWait);
    samples.wait.push(ledger.lastWait);
    samples.overhead.push(total - ledger.lastWait - plain);
  }
  await ledger.stop();
  print(samples);
}

const identity: Identity = {
  actor: { id: 'sre@alpha', kind: 'human', tenant, roles: ['sre'], purposes: ['operations'], authTime: null, acr: null, amr: [] },
  context: { zone: 'corporate', deviceTrust: 'high', sessionRisk: 5, channel: 'cli' },
};

function print(samples: { plain: number[]; governed: number[]; wait: number[]; overhead: number[] }): void {
  const inMs = (values: number[]) => summarise(values.map((value) => value / 1_000));
  const [plain, governed] = [inMs(samples.plain), inMs(samples.governed)];
  process.stdout.write(`${ROUNDS} calls each, in turn, one caller, idempotency key on every governed call\n${heading}\n`);
  process.stdout.write(`${row('ungoverned mutation, committed', plain, 'ms')}\n`);
  process.stdout.write(`${row('governed mutation, committed (no ledger wait)', governed, 'ms')}\n`);
  process.stdout.write(`${row('ledger wait until the entry has its place', inMs(samples.wait), 'ms')}\n`);
  process.stdout.write(`${row('overhead of governing, pair by pair', inMs(samples.overhead), 'ms')}\n`);
  process.stdout.write(
    `ratio governed/ungoverned: p50 ${(governed.p50 / plain.p50).toFixed(2)}, p95 ${(governed.p95 / plain.p95).toFixed(2)}, p99 ${(governed.p99 / plain.p99).toFixed(2)}\n`,
  );
  process.stdout.write(`goal: p95 overhead ≤ 1 ms; difference of the p95s here ${(governed.p95 - plain.p95).toFixed(2)} ms\n`);
}
