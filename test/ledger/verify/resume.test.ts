import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSource, type VerifyOptions, verifyLog } from '../../../src/ledger/verify/index.ts';
import { refusalOf } from '../../support/errors.ts';
import { naiveLeaf, naiveRoot } from '../naive-tree.ts';
import {
  chain,
  checkpointText,
  emptyFolder,
  fill,
  folderOf,
  logKey,
  type Made,
  note,
  rechained,
  signer,
  textFiles,
  tileFiles,
} from './maker.ts';

const SIZE = 9_000;
const good = chain(SIZE);
const edited = (n: number) => Buffer.from((good[n] ?? '').toString().replace('entry number', 'entry humber'));
const made = (bodies: readonly Buffer[]): Made => ({ bodies, checkpoint: note(checkpointText(bodies), logKey) });
const checkpoint = made(good).checkpoint;

async function reportOf(place: string, options: VerifyOptions = {}) {
  const source = await openSource(place);
  try {
    return await verifyLog(source, { key: logKey.vkey, ...options });
  } finally {
    await source.close();
  }
}
const brief = (faults: readonly { kind: string; seq: number | null }[]) => faults.map(({ kind, seq }) => [kind, seq]);

describe('threads find exactly what one finds', () => {
  const damages: [string, readonly Buffer[]][] = [
    ['nothing', good],
    ['altered here and there', good.with(0, edited(0)).with(4_095, edited(4_095)).with(4_096, edited(4_096)).with(8_191, edited(8_191))],
    ['rebuilt from the middle', rechained(good.with(4_000, edited(4_000)), 4_001)],
    ['taken out at the edges of batches', good.toSpliced(8_192, 1).toSpliced(4_096, 1).toSpliced(4_095, 1)],
    ['swapped over an edge', good.with(4_095, good[4_096] ?? edited(0)).with(4_096, good[4_095] ?? edited(0))],
    ['a stretch moved', [...good.toSpliced(4_000, 500), ...good.slice(4_000, 4_500)]],
    ['lines of nothing', good.toSpliced(4_096, 0, Buffer.from('x'), Buffer.from('y')).toSpliced(100, 0, Buffer.from('z'))],
    ['everything foreign', good.slice(0, 5_000).map((body) => Buffer.from(body.toString().replace('"acme"', '"evil"')))],
  ];
  test.each(damages)('%s', async (_what, bodies) => {
    for (const files of [textFiles({ bodies, checkpoint }), tileFiles({ bodies, checkpoint }, good)]) {
      const folder = folderOf(files);
      const alone = await reportOf(folder, { workers: 1 });
      expect(await reportOf(folder, { workers: 3 })).toEqual(alone);
      expect(alone.faults.length > 0).toBe(bodies !== good);
    }
  });
});

describe('what was verified is not verified again', () => {
  test.each([
    ['text', textFiles],
    ['tiles', tileFiles],
  ] as const)('a run that is interrupted goes on from where it was: %s', async (_kind, files) => {
    const folder = folderOf(files(made(good)));
    const state = join(emptyFolder(), 'state');
    const stop = new AbortController();
    const stopped = await reportOf(folder, {
      state,
      signal: stop.signal,
      workers: 1,
      onProgress: () => stop.abort(new Error('enough')),
    }).catch(String);
    expect(stopped).toBe('Error: enough');
    const { position, verified } = JSON.parse(readFileSync(state, 'utf8'));
    expect([position > 0 && position < SIZE, verified]).toEqual([true, null]);
    const report = await reportOf(folder, { state });
    const whole = await reportOf(folder);
    expect(report).toEqual({ ...whole, resumedAt: position });
    expect(whole.faults).toEqual([]);
    expect(await reportOf(folder, { state })).toMatchObject({ resumedAt: SIZE, faults: [], entries: SIZE });
  });

  test('a run that is killed is gone on with from its last whole state', async () => {
    const folder = folderOf(textFiles(made(good)));
    const state = join(emptyFolder(), 'state');
    const program = spawn(process.execPath, [join(import.meta.dirname, 'kill-me.ts'), folder, logKey.vkey, state]);
    await new Promise((done) => program.stdout.once('data', done));
    program.kill('SIGKILL');
    await new Promise((done) => program.once('exit', done));
    const { position } = JSON.parse(readFileSync(state, 'utf8'));
    expect(position > 0 && position < SIZE).toBe(true);
    const report = await reportOf(folder, { state });
    expect(report).toEqual({ ...(await reportOf(folder)), resumedAt: position });
    expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ position: SIZE, verified: { size: SIZE } });
  });

  test.each([
    ['text', textFiles],
    ['tiles', tileFiles],
  ] as const)('the next run verifies only what is new: %s', async (_kind, files) => {
    const folder = emptyFolder();
    const state = join(emptyFolder(), 'state');
    for (const size of [100, 300, 512, 700, 1_000]) {
      fill(folder, files(made(good.slice(0, size))));
      const report = await reportOf(folder, { state });
      expect([size, report.entries, report.faults]).toEqual([size, size, []]);
    }
    fill(folder, files(made(good.slice(0, 1_500))));
    expect(await reportOf(folder, { state })).toMatchObject({ resumedAt: 1_000, entries: 1_500, faults: [] });
  });

  /** The log of 500 was verified; then it is another. */
  async function afterVerifying(next: Made, options: VerifyOptions = {}, files = textFiles) {
    const folder = folderOf(files(made(good.slice(0, 500))));
    const state = join(emptyFolder(), 'state');
    expect((await reportOf(folder, { state })).faults).toEqual([]);
    const before = readFileSync(state, 'utf8');
    fill(folder, files(next));
    const report = await reportOf(folder, { state, ...options });
    if (report.faults.length > 0) expect(readFileSync(state, 'utf8')).toBe(before);
    return report;
  }

  test('what was verified before and was rewritten since is told, though it is not read again', async () => {
    const bodies = rechained(good.with(3, edited(3)), 4).slice(0, 800);
    const { faults } = await afterVerifying(made(bodies));
    expect(brief(faults)).toEqual([
      ['entry.altered', 499],
      ['root.mismatch', null],
    ]);
    const cut = [...good.slice(0, 500), ...good.slice(500, 800)].with(3, edited(3));
    expect(brief((await afterVerifying(made(cut))).faults)).toEqual([['history.rewritten', null]]);
  });

  test('another root for the same number of entries is a fork, and fewer entries are a rewritten history', async () => {
    expect(brief((await afterVerifying(made(rechained(good.slice(0, 500).with(3, edited(3)), 4)))).faults)).toContainEqual([
      'history.forked',
      null,
    ]);
    const { faults } = await afterVerifying(made(good.slice(0, 400)));
    expect(faults).toEqual([
      { kind: 'history.rewritten', seq: null, message: 'the checkpoint is for 400 entries, 500 were verified before' },
    ]);
  });

  test('where the state does not have a root that is asked for, everything is read again', async () => {
    const since = [made(good.slice(0, 77)).checkpoint];
    const report = await afterVerifying(made(good.slice(0, 600)), { since });
    expect([report.resumedAt, report.faults, report.notes]).toEqual([
      0,
      [],
      [{ kind: 'state.unused', seq: null, message: 'the state does not have the root at 77: the log was verified from its beginning' }],
    ]);
  });

  test.each([
    ['no JSON', () => 'x'],
    ['another version', (text: string) => text.replace('"v":1', '"v":2')],
    ['another log', (text: string) => text.replace('"source":"', '"source":"/other')],
    ['another key', (text: string) => text.replace('acme+', 'acme+0')],
    ['another position than its subtrees', (text: string) => text.replace('"position":500', '"position":499')],
    ['subtrees in another order', (text: string) => text.replace('"height":8', '"height":9')],
  ])('a state with %s is refused', async (_what, change) => {
    const folder = folderOf(textFiles(made(good.slice(0, 500))));
    const state = join(emptyFolder(), 'state');
    await reportOf(folder, { state });
    const text = readFileSync(state, 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(state, change(text));
    expect((await refusalOf(reportOf(folder, { state }))).code).toBe('verify.state_malformed');
  });
});

describe('checkpoints kept from earlier', () => {
  const kept = (size: number, by = logKey) => note(checkpointText(good.slice(0, size)), by);
  const log = () => folderOf(textFiles(made(good.slice(0, 1_000))));

  test('each must be continued', async () => {
    expect((await reportOf(log(), { since: [kept(0), kept(1), kept(256), kept(999), kept(1_000)] })).faults).toEqual([]);
    const other = note(checkpointText(good.slice(0, 300).with(3, edited(3))), logKey);
    const { faults } = await reportOf(log(), { since: [kept(10), other] });
    expect(faults).toEqual([
      { kind: 'history.rewritten', seq: null, message: 'the first 300 entries are not those of the checkpoint kept from earlier' },
    ]);
    expect((await reportOf(log(), { since: [kept(2_000)] })).faults).toEqual([
      { kind: 'history.rewritten', seq: null, message: 'the log has 1000 entries, the checkpoint kept from earlier has 2000' },
    ]);
  });

  test('two for the same size that differ are a fork, whatever the log is', async () => {
    const other = note(checkpointText(good.slice(0, 300).with(3, edited(3))), logKey);
    const { faults } = await reportOf(log(), { since: [kept(300), other] });
    expect(faults).toEqual([
      { kind: 'history.forked', seq: null, message: 'two checkpoints for 300 entries have different roots: of those given' },
    ]);
  });

  test('one that is not signed, or of another log, is refused', async () => {
    expect((await refusalOf(reportOf(log(), { since: [kept(10, signer(8))] }))).code).toBe('verify.signature_invalid');
    const foreign = signer(7, 'ledger.example/globex');
    const text = checkpointText(good.slice(0, 10)).replace('acme', 'globex');
    expect((await refusalOf(reportOf(log(), { since: [note(text, foreign)] }))).code).toBe('verify.origin_mismatch');
  });
});

describe('a key that was changed', () => {
  const [first, second, third] = [signer(1), signer(2), signer(3)];
  const rotation = (from: string, to: string) => ({ type: 'ledger.key_rotated', subject: 'ledger:acme', data: { from, to } });
  const changes = new Map([
    [20, rotation(first.vkey, second.vkey)],
    [50, rotation(second.vkey, third.vkey)],
  ]);
  const bodies = chain(80, (seq) => changes.get(seq) ?? {});
  const at = (size: number) => checkpointText(bodies.slice(0, size));
  const rotations = [note(at(25), first, second), note(at(51), second, third)];
  const verify = (over: Partial<Made>, key: string) =>
    reportOf(folderOf(textFiles({ bodies, checkpoint: note(at(80), third), rotations, ...over })), { key });

  test.each([
    ['the first', first],
    ['the second', second],
    ['the newest', third],
  ])('the log verifies by %s key', async (_which, key) => {
    const report = await verify({}, key.vkey);
    expect([report.faults, report.verifierKey]).toEqual([[], third.vkey]);
  });

  test('checkpoints kept under an earlier key are good, also for who has the newest', async () => {
    const folder = folderOf(textFiles({ bodies, checkpoint: note(at(80), third), rotations }));
    const since = [note(at(10), first), note(at(30), second), note(at(60), third)];
    for (const { vkey: key } of [first, second, third]) expect((await reportOf(folder, { key, since })).faults).toEqual([]);
  });

  test('the first checkpoint with both signatures proves the change by itself', async () => {
    const short = bodies.slice(0, 25);
    const both = { bodies: short, checkpoint: note(at(25), first, second), rotations: [] };
    expect((await verify(both, first.vkey)).verifierKey).toBe(second.vkey);
  });

  const unproven = (seq: number | null) => [['key.unproven', seq]];
  test.each<[string, Partial<Made>, unknown]>([
    ['a note is missing', { rotations: rotations.slice(1) }, unproven(20)],
    ['the note is signed by the new key only', { rotations: [note(at(25), second), ...rotations.slice(1)] }, unproven(20)],
    ['the note is signed by the old key only', { rotations: [note(at(25), first), ...rotations.slice(1)] }, unproven(20)],
    ['the note is older than the entry', { rotations: [note(at(20), first, second), ...rotations.slice(1)] }, unproven(20)],
    [
      'the note has another root',
      {
        rotations: [
          note(at(25).replace(/\n.{44}\n$/, `\n${naiveRoot([naiveLeaf(edited(1))]).toString('base64')}\n`), first, second),
          ...rotations.slice(1),
        ],
      },
      unproven(20),
    ],
    ['the checkpoint is signed by a key that was given up', { checkpoint: note(at(80), first) }, unproven(null)],
    ['the checkpoint is signed by a stranger', { checkpoint: note(at(80), signer(9)) }, unproven(null)],
  ])('is not proven when %s', async (_what, over, faults) => {
    expect(brief((await verify(over, first.vkey)).faults)).toEqual(faults);
  });

  test('without an entry, two signatures change nothing', async () => {
    const plain = chain(30);
    const text = checkpointText(plain);
    const rogue = { bodies: plain, checkpoint: note(text, second), rotations: [note(checkpointText(plain.slice(0, 25)), first, second)] };
    expect(brief((await verify(rogue, first.vkey)).faults)).toEqual(unproven(null));
  });
});
