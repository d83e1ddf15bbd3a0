import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerParts } from '../../chaos/ledger/gateway.ts';
import type { TenantId } from '../../src/core/index.ts';
import { exportLog } from '../../src/ledger/index.ts';
import { verifyExport } from '../../src/ledger/verify/index.ts';
import { type Goal, median, print } from './goals.ts';

const ROUNDS = 3;

/** A log as it is exported, verified from the files alone: entries a second, and for each second of a core. */
export async function benchVerify({ database, ledger }: LedgerParts, folder: string, log: TenantId): Promise<Goal[]> {
  const goals: Goal[] = [];
  for (const format of ['text', 'tiles'] as const) {
    const target = join(folder, `export-${format}`);
    const started = performance.now();
    const { size } = await exportLog(database, ledger, log, target, { format });
    const exported = (performance.now() - started) / 1_000;
    const rounds = await measure(target, ledger.verifierKey(log), size);
    rmSync(target, { recursive: true });
    print(
      `  ${format}: exported at ${(size / exported).toFixed(0)} a second; verified at ${rounds.wall.toFixed(0)} a second, ${rounds.core.toFixed(0)} a core`,
    );
    goals.push({
      what: `verification of ${format}, entries a second and core`,
      measured: rounds.core,
      limit: 150_000,
      best: 'most',
      unit: '',
    });
  }
  return goals;
}

async function measure(folder: string, verifierKey: string, size: number): Promise<{ wall: number; core: number }> {
  const rounds: { wall: number; core: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [started, before] = [performance.now(), process.cpuUsage()];
    const { faults, entries } = await verifyExport(folder, { verifierKey });
    const { user, system } = process.cpuUsage(before); // of all threads
    if (faults.length > 0 || entries !== size) throw new Error(`the export is not whole: ${faults[0]?.message}`);
    rounds.push({ wall: size / ((performance.now() - started) / 1_000), core: size / ((user + system) / 1e6) });
  }
  return { wall: median(rounds.map(({ wall }) => wall)), core: median(rounds.map(({ core }) => core)) };
}
