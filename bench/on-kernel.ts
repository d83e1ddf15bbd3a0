import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../src/auth/index.ts';
import { systemClock, tenantId } from '../src/core/index.ts';
import { setFlag } from '../src/flags/index.ts';
import { Kernel } from '../src/govern/index.ts';
import { fileAnchor, type Ledger, LedgerKey, type LedgerOptions } from '../src/ledger/index.ts';
import { PolicyEngine, PolicyRegistry, readBundle } from '../src/policy/index.ts';
import { type Database, openStorage, type Storage } from '../src/storage/index.ts';
import { createLogger, Metrics, Tracing } from '../src/telemetry/index.ts';
import { MasterKeys, Vault } from '../src/vault/index.ts';

export const dist = join(import.meta.dirname, '..', 'policies', 'dist');
export const tenant = tenantId('alpha');

/** An SRE who may set flags. */
export const identity: Identity = {
  actor: { id: 'sre@alpha', kind: 'human', tenant, roles: ['sre'], purposes: ['operations'], authTime: null, acr: null, amr: [] },
  context: { zone: 'corporate', deviceTrust: 'high', sessionRisk: 5, channel: 'cli' },
};

/** Everything below the gateway, real. */
export type OnKernel<L extends Ledger> = {
  readonly dataDir: string;
  readonly database: Database;
  readonly ledger: L;
  readonly policies: PolicyRegistry;
  readonly kernel: Kernel;
};

export type KernelSettings<L extends Ledger> = {
  readonly ledger: (options: LedgerOptions) => L;
  readonly waitMilliseconds: number;
  readonly maxInFlight: number;
};

/** Runs a benchmark on an embedded PostgreSQL with durable commits, in a folder of its own, and leaves nothing behind. */
export async function onStorage(measure: (storage: Storage, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  chmodSync(folder, 0o755); // PostgreSQL's own user enters it when we are root
  const storage = await openStorage({ dataDir: folder });
  try {
    await measure(storage, folder);
  } finally {
    await storage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a benchmark on a kernel that sets flags. */
export function onKernel<L extends Ledger>(settings: KernelSettings<L>, measure: (parts: OnKernel<L>) => Promise<void>): Promise<void> {
  return onStorage(async ({ database }, dataDir) => {
    const key = LedgerKey.readOrCreate(join(dataDir, 'ledger.pem'));
    const anchor = fileAnchor(join(dataDir, 'checkpoints'));
    const { waitMilliseconds, maxInFlight } = settings;
    const ledger = settings.ledger({ database, key, anchor, originPrefix: 'bench.local', waitMilliseconds });
    const policies = new PolicyRegistry(await PolicyEngine.load(readBundle(dist)));
    const telemetry = { log: createLogger('silent'), metrics: new Metrics(), tracing: new Tracing(undefined) };
    const vault = new Vault(MasterKeys.readOrCreate(join(dataDir, 'vault.keys')));
    const kernel = new Kernel({ database, ledger, vault, policies, clock: systemClock, telemetry, maxInFlight }, [setFlag]);
    await measure({ dataDir, database, ledger, policies, kernel });
    await ledger.stop();
  });
}
