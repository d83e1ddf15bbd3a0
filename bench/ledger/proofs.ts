import type { LedgerParts } from '../../chaos/ledger/gateway.ts';
import { isId, type TenantId } from '../../src/core/index.ts';
import { verifyProof } from '../../src/ledger/verify/index.ts';
import { connectOnce } from '../../src/storage/index.ts';
import { heading, row, summarise, timed } from '../statistics.ts';
import { type Goal, print } from './goals.ts';

const PROOFS = 500;
const WARM_UP = 50;

/** Proofs of entries, and of consistency with earlier sizes, at random places, one after the other, each in a transaction of its own. */
export async function benchProofs({ database, ledger }: LedgerParts, ownerUrl: string, log: TenantId): Promise<Goal[]> {
  const size = (await ledger.checkpoint(log))?.size ?? 0;
  const places = Array.from({ length: WARM_UP + PROOFS }, () => Math.floor(Math.random() * size));
  const ids = await entryIds(ownerUrl, log, places);
  const key = ledger.verifierKey(log);
  const inclusion: number[] = [];
  for (const id of ids) {
    if (!isId('entry', id)) throw new RangeError(`\`${id}\` is not the id of an entry`);
    inclusion.push(
      await timed(async () => {
        const proof = await database.transaction(log, (trx) => ledger.prove(trx, log, id));
        if (proof === undefined) throw new Error(`there is no proof of \`${id}\``);
        if (inclusion.length === 0) verifyProof(proof, key); // one, before the warm-up ends: a benchmark of wrong proofs is none
      }),
    );
  }
  const consistency: number[] = [];
  for (const from of places)
    consistency.push(await timed(() => database.transaction(log, (trx) => ledger.proveConsistency(trx, log, from + 1))));
  const [one, other] = [inclusion, consistency].map((times) => summarise(times.slice(WARM_UP).map((micros) => micros / 1_000)));
  if (one === undefined || other === undefined) return [];
  print(heading, row(`  proof of an entry, of ${size.toLocaleString('en')}`, one, 'ms'), row('  proof of consistency', other, 'ms'));
  const goal = (what: string, measured: number): Goal => ({ what, measured, limit: 5, best: 'least', unit: ' ms' });
  return [
    goal(`proof of an entry of ${size.toLocaleString('en')}, p99`, one.p99),
    goal(`proof of consistency at ${size.toLocaleString('en')}, p99`, other.p99),
  ];
}

async function entryIds(ownerUrl: string, log: TenantId, places: readonly number[]): Promise<string[]> {
  const client = await connectOnce(ownerUrl);
  try {
    const { rows } = await client.query<{ entry_id: string }>(
      'select entry_id from unnest($2::bigint[]) as place join ledger_leaf on tenant = $1 and seq = place',
      [log, places],
    );
    return rows.map(({ entry_id }) => entry_id);
  } finally {
    await client.end();
  }
}
