import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { connectOnce } from '../../src/storage/index.ts';
import { type Break, breakIt } from './breaks.ts';
import type { Contradictions } from './contradictions.ts';
import type { LedgerParts } from './gateway.ts';
import { Inspection, type Scene } from './inspection.ts';
import { logs } from './options.ts';

const REST_WITHIN_MS = 30_000;

/** The last look, when a gateway has placed and signed what the others left. */
export async function inspectAtRest(inspection: Inspection, parts: LedgerParts, ownerUrl: string): Promise<void> {
  await inOneTransaction(ownerUrl, async (client) => {
    for (const deadline = Date.now() + REST_WITHIN_MS; !(await isAtRest(client)) && Date.now() < deadline; ) await delay(50);
  });
  await inOneTransaction(ownerUrl, (client) => inspection.lookAtRest(client));
  await inspection.verifyExports(parts);
}

/** The positive control: what a fresh inspection says to each damage, done in a transaction that is rolled back. */
export async function control(kinds: readonly Break[], scene: Scene, ownerUrl: string): Promise<Map<Break, Contradictions>> {
  const told = new Map<Break, Contradictions>();
  for (const kind of kinds) {
    const inspection = new Inspection(scene);
    await inOneTransaction(ownerUrl, async (client) => {
      for (const log of scene.logs.slice(0, 1)) await breakIt(client, kind, log);
      await inspection.lookAtRest(client);
    });
    told.set(kind, inspection.contradictions);
  }
  return told;
}

async function isAtRest(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ rest: boolean }>(
    `select not exists (select from ledger_outbox where tenant = any($1)) and not exists (
       select from ledger_head h where tenant = any($1)
         and not exists (select from ledger_checkpoint c where c.tenant = h.tenant and c.size = h.size)) as rest`,
    [logs],
  );
  return rows[0]?.rest === true;
}

/** Read committed, and never committed. */
async function inOneTransaction(ownerUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = await connectOnce(ownerUrl);
  try {
    await client.query('begin');
    await work(client);
  } finally {
    await client.end();
  }
}
