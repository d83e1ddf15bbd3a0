import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type LedgerParts, openLedgerParts } from '../../chaos/ledger/gateway.ts';
import { type TenantId, tenantId } from '../../src/core/index.ts';
import { fillTo } from './fill.ts';
import { type Goal, print } from './goals.ts';
import type { Ground } from './ground.ts';
import { Growth } from './growth.ts';
import type { BenchOptions } from './options.ts';
import { benchProofs } from './proofs.ts';
import { benchVerify } from './verify.ts';

const SMALL = 10_000;
const MEDIUM = 1_000_000;
const SIGNED_WITHIN_MS = 30_000;
const log = tenantId('grown-0');

/** One log that grows from ten thousand to ten million entries, measured on the way. */
export async function benchLarge(ground: Ground, options: BenchOptions): Promise<Goal[]> {
  const goals: Goal[] = [];
  const growth = options.sections.includes('growth') ? new Growth(ground, options) : undefined;
  try {
    for (const size of [SMALL, MEDIUM, 10_000_000, options.entries].filter(isStep(options.entries))) {
      const started = performance.now();
      await fillTo(ground, log, size);
      print('', `${size.toLocaleString('en')} entries in one log, filled in ${((performance.now() - started) / 1_000).toFixed(0)} s`);
      if (growth !== undefined) goals.push(...(await growth.measure(size)));
      if (size > SMALL) goals.push(...(await measureSigned(ground, options, size)));
    }
    return goals;
  } finally {
    growth?.close();
  }
}

/** Each size once, up to the largest. */
function isStep(largest: number): (size: number, index: number, all: readonly number[]) => boolean {
  return (size, index, all) => size <= largest && all.indexOf(size) === index;
}

async function measureSigned(ground: Ground, options: BenchOptions, size: number): Promise<Goal[]> {
  const dataDir = join(ground.folder, 'gateway-signer');
  mkdirSync(dataDir, { recursive: true });
  const parts = await openLedgerParts({ ...ground, dataDir, waitMilliseconds: 5_000 });
  try {
    await signed(parts, log);
    return [
      ...(options.sections.includes('proofs') ? await benchProofs(parts, ground.ownerUrl, log) : []),
      ...(options.sections.includes('verify') && size <= MEDIUM ? await benchVerify(parts, ground.folder, log) : []),
    ];
  } finally {
    await parts.stops.run();
  }
}

/** The gateway's sweep finds the head unsigned, recomputes its root from the tiles that were filled in, and signs. */
async function signed({ database, ledger }: LedgerParts, name: TenantId): Promise<void> {
  const head = await database.transaction(name, (trx) =>
    trx.selectFrom('ledger_head').select('size').where('tenant', '=', name).executeTakeFirstOrThrow(),
  );
  for (const deadline = Date.now() + SIGNED_WITHIN_MS; Date.now() < deadline; await delay(50)) {
    if ((await ledger.checkpoint(name))?.size === Number(head.size)) return;
  }
  throw new Error(`log \`${name}\` was not signed within ${SIGNED_WITHIN_MS} ms`);
}
