import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { verifyReceipt } from '../../../src/ledger/verify/index.ts';
import { acme } from '../../support/ledger.ts';
import { query } from '../../support/postgres.ts';
import { type GatewayLedger, startGatewayLedger } from './gateway-ledger.ts';
import { append, entryNow, growTo, openSite, receiptOf, saidOf, signedAt, siteOver, soon, temporary } from './site.ts';

const [before, after] = ['ledger.example', 'ledger.example/2026-restored'];

/** Copies the cluster of a stopped gateway, with its owners and modes. */
function copyCluster(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', from, to]);
  if (status !== 0) throw new Error(String(stderr));
}

const newestSize = async ({ ledger }: GatewayLedger) => (await ledger.checkpoint(acme))?.size;
const refusal = (why: string) =>
  `acme the ledger could not sequence or sign, will try again: ledger.inconsistent: log \`acme\` will not be signed: ${why}`;

test('a restored backup: never a smaller tree nor another history is signed; under a new origin the log goes on, and says so', async () => {
  const dataDir = temporary();
  const [cluster, backup] = [join(dataDir, 'postgres'), join(dataDir, 'backup')];

  const first = await startGatewayLedger(dataDir, before);
  await growTo(first, 2);
  await first.close();
  copyCluster(cluster, backup);

  const second = await startGatewayLedger(dataDir, before);
  const entry = entryNow({ important: true });
  await second.ledger.record(acme, entry);
  const lastNote = await growTo(second, 5);
  const receipt = await receiptOf(second, entry.id);
  const oldKey = second.ledger.verifierKey(acme);
  await second.close();
  rmSync(cluster, { recursive: true });
  renameSync(backup, cluster);

  const restored = await startGatewayLedger(dataDir, before);
  expect(await append(restored, [12])).toMatchObject([{ status: 'SEQUENCED', seq: 2 }]);
  await vi.waitFor(() => expect(restored.said()).toContain(refusal('it has 3 entries but a checkpoint for 5 was signed')), soon);
  await append(restored, [13, 14, 15]);
  await vi.waitFor(() => expect(restored.said()).toContain(refusal('its first 5 entries are not the ones that were signed')), soon);
  expect(await restored.failures()).toBeGreaterThanOrEqual(2);
  expect(await newestSize(restored)).toBe(2);
  expect(readFileSync(join(dataDir, 'checkpoints', 'acme.checkpoint'), 'utf8')).toBe(lastNote);
  await restored.close();

  const onward = await startGatewayLedger(dataDir, after);
  const note = await signedAt(onward, 7); // the six, and the entry that says why
  expect(note.split('\n')[0]).toBe(`${after}/acme`);
  const [epoch] = await query(
    onward.ownerUrl,
    `select convert_from(body, 'UTF8')::json as entry from ledger_leaf where tenant = 'acme' and seq = 6`,
  );
  expect(epoch?.['entry']).toMatchObject({
    type: 'ledger.epoch_started',
    subject: 'ledger:acme',
    actor: { id: 'system:ledger', kind: 'system' },
    data: { from: `${before}/acme`, to: `${after}/acme`, checkpoint: lastNote },
  });
  expect(await append(onward, [16])).toMatchObject([{ status: 'SEQUENCED', seq: 7 }]);
  await signedAt(onward, 8);
  expect(await saidOf(onward, { key: onward.ledger.verifierKey(acme) })).toEqual([]);
  expect(onward.said()).toEqual([]);
  // What was lost is proven for ever by what was handed out, and the gateway keeps the last checkpoint of the former origin.
  expect(verifyReceipt(receipt, { key: oldKey })).toMatchObject({ origin: `${before}/acme`, seq: 2, entry: { id: entry.id } });
  expect(
    readdirSync(join(dataDir, 'checkpoints'))
      .filter((file) => file.startsWith('acme'))
      .sort(),
  ).toEqual(['acme.checkpoint', `acme.checkpoint.of-${encodeURIComponent(`${before}/acme`)}`]);
  await onward.close();

  const back = await startGatewayLedger(dataDir, before);
  await append(back, [17]);
  await vi.waitFor(() => expect(back.said()).toContain(refusal(`it has left the origin \`${before}/acme\``)), soon);
  expect(await newestSize(back)).toBe(8);
});

test('a new origin that cannot be signed is announced once, however often it is tried; what cannot be read is not passed over', async () => {
  const home = await openSite();
  await growTo(home, 2);
  await home.ledger.stop();
  const checkpoints = temporary();
  writeFileSync(join(checkpoints, 'acme.checkpoint'), '');
  const next = siteOver(home, { checkpoints, originPrefix: after });
  next.ledger.start();
  await append(next, [2]);
  await vi.waitFor(() => expect(next.errors.length).toBeGreaterThan(3), soon);
  const why = 'acme ledger.inconsistent: log `acme` will not be signed: what it remembers as signed before is no checkpoint';
  expect(new Set(next.errors.filter((error) => error.startsWith('acme')))).toEqual(new Set([why]));
  const count = `select count(*)::int as n from ledger_leaf where tenant = 'acme' and type = 'ledger.epoch_started'`;
  expect(await query(home.ownerUrl, count)).toEqual([{ n: 1 }]);
});
