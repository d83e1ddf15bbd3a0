/**
 * A gateway as far as its ledger goes, in a process of its own, for tests that kill it. Over the database given as argument it appends
 * entries one after the other on several lanes, or only drains what waits, and says each thing that is certain as one line of JSON:
 * `{"committed": id}` once an entry's transaction has committed, `{"placed": {id, seq, leafHash}}` once it is acknowledged.
 */
import { newId, tenantId } from '../../../src/core/index.ts';
import { Database } from '../../../src/storage/index.ts';
import { acme, commit, entryWith, ledgerOver } from '../../support/ledger.ts';

const [appUrl = '', work = 'append', batch = '1000'] = process.argv.slice(2);
const database = new Database({ appUrl, poolSize: 12 });
const ledger = ledgerOver(database, { batchSize: Number(batch), signMilliseconds: 5, onError: () => undefined });
ledger.start();
tell({ ready: process.pid });
if (work === 'append') for (let lane = 0; lane < 4; lane += 1) void appendForEver(lane);

async function appendForEver(lane: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const id = await commit(database, ledger, entryWith({ lane, n }, newId('entry')), tenantId(acme));
    tell({ committed: id });
    const receipt = await ledger.acknowledge(acme, id);
    if (receipt.status === 'SEQUENCED') tell({ placed: { id, seq: receipt.seq, leafHash: receipt.leafHash } });
  }
}

function tell(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
