import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixedClock } from '../../../src/core/index.ts';
import { openSource, type WatchOptions, watchOnce } from '../../../src/ledger/verify/index.ts';
import { refusalOf } from '../../support/errors.ts';
import {
  chain,
  checkpointText,
  emptyFolder,
  type Files,
  folderOf,
  logKey,
  note,
  rechained,
  signer,
  textFiles,
  tileFiles,
} from './maker.ts';
import { serve } from './served.ts';

const good = chain(1_400);
const edited = Buffer.from((good[3] ?? '').toString().replace('entry number', 'entry humber'));
const rewritten = rechained(good.with(3, edited), 4);
const at = (size: number, bodies: readonly Buffer[] = good): Files =>
  tileFiles({ bodies: bodies.slice(0, size), checkpoint: note(checkpointText(bodies.slice(0, size)), logKey) });

async function watching(files: Files) {
  const served = await serve(files);
  const folder = emptyFolder();
  const state = join(folder, 'state');
  const clock = fixedClock('2026-03-02T10:00:00.000Z');
  const look = async (over: Partial<WatchOptions> = {}) => {
    const source = await openSource(served.url, { token: 'let-me-in', retryAfter: [1] });
    return watchOnce(source, { key: logKey.vkey, state, now: () => clock.now(), ...over });
  };
  const kept = () => JSON.parse(readFileSync(state, 'utf8')).size;
  return { served, folder, state, clock, look, kept };
}

test('a log that grows is followed, through the tiles on its edges only', async () => {
  const { served, look, kept } = await watching(at(700));
  expect(await look()).toEqual({ result: 'first', size: 700, before: 0 });
  expect(await look()).toEqual({ result: 'same', size: 700, before: 700 });
  served.files = at(1_400);
  served.requests.length = 0;
  expect(await look()).toEqual({ result: 'grown', size: 1_400, before: 700 });
  expect(served.requests.sort()).toEqual(['checkpoint', 'tile/0/002', 'tile/0/005.p/120', 'tile/1/000.p/5']);
  expect(kept()).toBe(1_400);
});

test.each<[string, Files, string, string]>([
  ['another root for the same size', at(700, rewritten), 'history.forked', 'two checkpoints for 700 entries have different roots'],
  ['fewer entries', at(600), 'history.rewritten', 'the log has 600 entries, 700 were signed before'],
  [
    'a tree that grew from another',
    at(900, rewritten),
    'history.rewritten',
    'the log at 900 entries does not continue the one that was signed at 700',
  ],
  [
    'tiles of another tree',
    new Map([...at(900, rewritten), ['checkpoint', at(900).get('checkpoint') ?? Buffer.alloc(0)]]),
    'tile.mismatch',
    'the tiles do not have the root that was signed for 900 entries',
  ],
  [
    'no note',
    new Map([...at(900), ['checkpoint', Buffer.from('gone')]]),
    'checkpoint.invalid',
    'the checkpoint is not a signed note: it has no signature block',
  ],
  [
    'another key',
    signed(signer(8)),
    'key.unproven',
    "the checkpoint of `ledger.example/acme` for 900 entries is not signed by the log's key, nor by one that it was changed to",
  ],
])('%s is an alarm, with both notes kept and the good state untouched', async (_what, next, kind, message) => {
  const { served, look, folder, state, kept } = await watching(at(700));
  await look();
  const before = readFileSync(state, 'utf8');
  served.files = next;
  const seen = await look();
  expect(seen).toMatchObject({ result: 'alarm', alarm: { kind, message } });
  expect([readFileSync(state, 'utf8'), kept()]).toEqual([before, 700]);
  const evidence = readdirSync(folder)
    .filter((name) => name !== 'state')
    .sort();
  expect(evidence.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([
    at(700).get('checkpoint')?.toString(),
    next.get('checkpoint')?.toString(),
  ]);
  expect(await look()).toEqual(seen);
  expect(readdirSync(folder).length).toBe(3);
});

function signed(by: typeof logKey): Files {
  return new Map([...at(900), ['checkpoint', Buffer.from(note(checkpointText(good.slice(0, 900)), by))]]);
}

test('an entry altered behind tiles that are right is found with `full` only', async () => {
  const { served, look, kept } = await watching(at(700));
  const wrong = tileFiles(
    { bodies: good.slice(0, 900).with(750, edited), checkpoint: note(checkpointText(good.slice(0, 900)), logKey) },
    good.slice(0, 900),
  );
  expect(await look({ full: true })).toMatchObject({ result: 'first' });
  served.files = wrong;
  expect(await look({ full: true })).toMatchObject({ result: 'alarm', alarm: { kind: 'entry.misplaced' } });
  expect(kept()).toBe(700);
  expect(await look()).toMatchObject({ result: 'grown' });
});

test('a checkpoint that does not change for long is an alarm, one that changes is not', async () => {
  const { served, look, clock } = await watching(at(700));
  await look({ staleAfter: 600 });
  clock.advance(600_000);
  expect(await look({ staleAfter: 600 })).toMatchObject({ result: 'same' });
  clock.advance(1_000);
  expect(await look({ staleAfter: 600 })).toMatchObject({
    result: 'alarm',
    alarm: { kind: 'checkpoint.stale', message: 'the checkpoint for 700 entries has not changed for 601 seconds' },
  });
  served.files = at(701);
  expect(await look({ staleAfter: 600 })).toMatchObject({ result: 'grown' });
});

test('a key that was changed is followed when the log proves it, also twice between two looks', async () => {
  const [first, second, third] = [signer(1), signer(2), signer(3)];
  const change = (from: string, to: string) => ({ type: 'ledger.key_rotated', data: { from, to } });
  const changes = new Map([
    [520, change(first.vkey, second.vkey)],
    [530, change(second.vkey, third.vkey)],
  ]);
  const bodies = chain(600, (seq) => changes.get(seq) ?? {});
  const text = (size: number) => checkpointText(bodies.slice(0, size));
  const rotations = [note(text(521), first, second), note(text(535), second, third)];
  const files = (size: number, ...by: (typeof logKey)[]) => {
    const tree: Files = tileFiles({ bodies: bodies.slice(0, size), checkpoint: note(text(size), ...by), rotations });
    // Partial tiles of the sizes that were signed stay served.
    for (const signedSize of [521, 535])
      for (const [name, bytes] of tileFiles({ bodies: bodies.slice(0, signedSize), checkpoint: '' }))
        if (!tree.has(name)) tree.set(name, bytes);
    return tree;
  };
  const { served, look, state } = await watching(files(300, first));
  const key = first.vkey;
  expect(await look({ key })).toMatchObject({ result: 'first' });
  served.files = files(560, third);
  expect(await look({ key })).toMatchObject({ result: 'grown', size: 560 });
  expect(JSON.parse(readFileSync(state, 'utf8')).current).toBe(third.vkey);
  served.files = files(600, first);
  expect(await look({ key })).toMatchObject({ result: 'alarm', alarm: { kind: 'key.unproven' } });
});

test('a network that fails passes, a log that cannot be reached is no alarm, and no state', async () => {
  const { served, look, state } = await watching(at(700));
  served.fail(1);
  expect(await look()).toMatchObject({ result: 'first' });
  served.fail(100);
  expect((await refusalOf(look())).code).toBe('verify.source_unreachable');
  expect(existsSync(state)).toBe(true);
});

test('an export without tiles is watched by reading it', async () => {
  const folder = folderOf(textFiles({ bodies: good.slice(0, 10), checkpoint: note(checkpointText(good.slice(0, 10)), logKey) }));
  const source = await openSource(folder);
  const state = join(emptyFolder(), 'state');
  const now = () => new Date(0);
  expect(await watchOnce(source, { key: logKey.vkey, state, now })).toMatchObject({ result: 'first', size: 10 });
  expect((await refusalOf(watchOnce(source, { key: signer(8).vkey, state, now }))).code).toBe('verify.state_malformed');
});
