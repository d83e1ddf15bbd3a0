import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { exportLog, LedgerKey } from '../../../src/ledger/index.ts';
import { openSource, verifyLog, verifyReceipt } from '../../../src/ledger/verify/index.ts';
import { acme, keyPem, originPrefix } from '../../support/ledger.ts';
import { query } from '../../support/postgres.ts';
import {
  append,
  entryNow,
  everywhere,
  growTo,
  nothingWrong,
  openSite,
  receiptOf,
  refusalLine,
  type Site,
  saidOf,
  signedAt,
  siteOver,
  soon,
  temporary,
  verdictOn,
} from './site.ts';

/** Keys by the seeds that they are made of, the current one first. */
const keysOf = (...seeds: number[]): LedgerKey => LedgerKey.parse(seeds.map(keyPem).join(''), 'a test');
const vkeyOf = (seed: number): string => keysOf(seed).signerFor(`${originPrefix}/acme`).verifierKey;
const idOf = (seed: number): string => vkeyOf(seed).split('+').slice(0, 2).join('+');
const EVIL = 66;

let first: Site;
beforeEach(async () => {
  first = await openSite({ key: keysOf(7) });
  await growTo(first, 2);
});

/** Entries 3 and 5 hand the log over: from key 7 to 8, and from 8 to 9. */
async function rotatedTwice(): Promise<Site> {
  await first.ledger.stop();
  for (const [keys, size] of [
    [[8, 7], 4],
    [[9, 8], 6],
  ] as const) {
    const next = siteOver(first, { key: keysOf(...keys) });
    await append(next, [size]);
    await signedAt(next, size);
    await next.ledger.stop();
  }
  const last = siteOver(first, { key: keysOf(9) });
  await append(last, [7]);
  await signedAt(last, 7);
  return last;
}

test('with the first key, which signs no more for long, all of the log verifies in every form, and what signs now is told', async () => {
  const site = await rotatedTwice();
  for (const seed of [7, 8, 9]) expect(await verdictOn(site, { key: vkeyOf(seed) })).toEqual(nothingWrong);
  const folder = temporary();
  await exportLog(site.database, site.ledger, acme, folder);
  const source = await openSource(folder);
  expect(await verifyLog(source, { key: vkeyOf(7) })).toMatchObject({ entries: 7, verifierKey: vkeyOf(9), keySource: 'given', faults: [] });
});

test('a receipt from before still verifies, with the key that it was handed out under', async () => {
  const entry = entryNow({ n: 2 });
  await first.ledger.record(acme, entry);
  await signedAt(first, 3);
  const receipt = await receiptOf(first, entry.id);
  await first.ledger.stop();
  const next = siteOver(first, { key: keysOf(8, 7) });
  await append(next, [3]);
  const now = await signedAt(next, 5);
  expect(verifyReceipt(receipt, { key: vkeyOf(7) })).toMatchObject({ seq: 2, checkpointSize: 3, entry: { id: entry.id } });
  expect(await verdictOn(next, { key: vkeyOf(7), since: [receipt, now] })).toEqual(nothingWrong);
  expect(await refusalLine((async () => verifyReceipt(receipt, { key: vkeyOf(8) }))())).toBe(
    'verify.signature_invalid: no valid signature of `ledger.example/acme` on the checkpoint',
  );
});

test('without what proves a rotation, or with only a part, no key is believed', async () => {
  const site = await rotatedTwice();
  const whole = temporary();
  await exportLog(site.database, site.ledger, acme, whole, { format: 'tiles' });
  const [one = '', two = ''] = await site.database.transaction(acme, (trx) => site.ledger.rotations(trx, acme));
  const with_ = async (rotations: readonly string[] | undefined) => {
    const folder = temporary();
    cpSync(whole, folder, { recursive: true });
    if (rotations === undefined) rmSync(join(folder, 'rotations.json'));
    else writeFileSync(join(folder, 'rotations.json'), JSON.stringify(rotations));
    return saidOf(folder, { key: vkeyOf(7) });
  };
  const unproven = (seq: number) => [
    `acme ${seq} key.unproven: the key was changed by entry ${seq}, and no checkpoint signed by both keys proves it`,
  ];
  expect(await with_([one, two])).toEqual([]);
  expect(await with_(undefined)).toEqual(['verify.signature_invalid: no valid signature of `ledger.example/acme` on the checkpoint']);
  expect(await with_([one])).toEqual(unproven(5));
  expect(await with_([two])).toEqual(unproven(3));
});

const forgedEntry = () => ({
  ...entryNow({ from: vkeyOf(7), to: vkeyOf(EVIL) }),
  type: 'ledger.key_rotated',
  subject: 'ledger:acme',
  actor: { id: 'system:ledger', kind: 'system' as const },
});

test('who has the database and a key of their own cannot take the log over', async () => {
  await first.ledger.stop();
  const evil = siteOver(first, { key: keysOf(EVIL) });
  await append(evil, [2]);
  const retired = `acme ledger.key_retired: \`ledger.example/acme\` is signed by \`${vkeyOf(7)}\`, whose key is not here`;
  await vi.waitFor(() => expect(evil.errors).toEqual([retired]), soon);
  await query(first.ownerUrl, 'update ledger_signing set verifier_key = $1', [vkeyOf(EVIL)]);
  await evil.ledger.record(acme, forgedEntry());
  const unsigned = 'verify.signature_invalid: no valid signature of `ledger.example/acme` on the checkpoint';
  const note = await signedAt(evil, 4);
  expect(await verdictOn(evil, { key: vkeyOf(7) })).toEqual(everywhere(unsigned));

  // Nor with a note that says it was signed by both.
  const [, , , , line = ''] = note.split('\n');
  const claimed = Buffer.from(line.split(' ')[2] ?? '', 'base64');
  claimed.write(idOf(7).split('+')[1] ?? '', 'hex');
  const forged = `${note}— ledger.example/acme ${claimed.toString('base64')}\n`;
  await query(first.ownerUrl, 'update ledger_checkpoint set note = $1 where size = 4', [forged]);
  await query(first.ownerUrl, `insert into ledger_rotation (tenant, size, note) values ('acme', 4, $1)`, [forged]);
  const unproven = 'acme 3 key.unproven: the key was changed by entry 3, and no checkpoint signed by both keys proves it';
  expect(await verdictOn(evil, { key: vkeyOf(7) })).toEqual(everywhere(unproven));
});
