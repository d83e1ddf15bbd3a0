import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cosignedMessage, isSignedBy, noteAlgorithm, parseNoteKey, parseSignatureLine, sha256 } from '../../src/core/index.ts';
import { signNote } from '../../src/ledger/note.ts';
import { type Answer, addCheckpoint } from '../../src/witness/add-checkpoint.ts';
import { Memory, parseLogs } from '../../src/witness/index.ts';
import { naiveConsistency, naiveRoot } from '../ledger/naive-tree.ts';
import { codeOf } from '../support/errors.ts';
import { removeFolders } from '../support/folders.ts';
import { gate } from '../support/gate.ts';
import { origin, requestOf, TestLog, type TestWitness, witnessOf } from './log.ts';

const folders: string[] = [];
afterEach(() => removeFolders(folders.splice(0)));

function open(log: TestLog, over: Parameters<typeof witnessOf>[1] = {}): TestWitness {
  const witness = witnessOf(log, over);
  folders.push(witness.state);
  return witness;
}

/** A witness that stands at a size. */
async function standingAt(size: number, log: TestLog): Promise<TestWitness> {
  const witness = open(log);
  if (size > 0) expect((await addCheckpoint(witness, log.request(0, size))).status).toBe(200);
  return witness;
}

const short = (answer: Answer) => (answer.status === 409 ? `409 ${answer.size}` : String(answer.status));
const known = async ({ memory }: TestWitness) => (await memory.recall(origin)).size;

/** When the cosignature says it was made; fails unless it is valid over the text. */
function cosignedAt(witness: TestWitness, answer: Answer, text: string): bigint {
  const key = parseNoteKey(witness.key.verifierKey, noteAlgorithm.cosignature);
  const line = answer.status === 200 ? parseSignatureLine(answer.cosignature.trimEnd()) : undefined;
  if (key === undefined || line === undefined) throw new Error('no cosignature');
  const time = line.signature.readBigUInt64BE(0);
  expect([line.name, line.id.toString('hex')]).toEqual([key.name, key.id.toString('hex')]);
  expect(isSignedBy(key, cosignedMessage(text, time), line.signature.subarray(8))).toBe(true);
  return time;
}

describe('cosigns', () => {
  test('a first checkpoint, what continues it, and the same again', async () => {
    const log = new TestLog();
    const witness = open(log);
    for (const [from, to] of [
      [0, 3],
      [3, 11],
      [11, 11],
      [11, 64],
    ] as const) {
      const answer = await addCheckpoint(witness, log.request(from, to));
      expect(cosignedAt(witness, answer, log.text(to))).toBe(BigInt(Date.parse('2026-03-02T12:00:00.000Z') / 1000));
      expect(await known(witness)).toBe(to);
    }
    expect(witness.events.map((event) => event.kind)).toEqual(['cosigned', 'cosigned', 'cosigned', 'cosigned']);
  });

  test('the empty tree, and what follows it', async () => {
    const log = new TestLog();
    const witness = open(log);
    expect(short(await addCheckpoint(witness, log.request(0, 0)))).toBe('200');
    expect(short(await addCheckpoint(witness, log.request(0, 5)))).toBe('200');
  });

  test('with extension lines, foreign signatures and two keys of a rotation; it keeps the valid lines of the log only', async () => {
    const [log, next] = [new TestLog(), new TestLog()];
    const witness = open(log, { logs: parseLogs([log.vkey, next.vkey]) });
    const text = `${log.text(4)}extension 1\n`;
    const lineOf = (by: TestLog) => by.signer.signatureOf(text);
    const foreign = lineOf(new TestLog());
    const answer = await addCheckpoint(witness, requestOf(0, [], `${text}\n${foreign}${lineOf(next)}${lineOf(log)}`));
    cosignedAt(witness, answer, text);
    const hash = sha256(Buffer.from(origin)).toString('hex');
    const cosignature = answer.status === 200 ? answer.cosignature : '';
    expect(await witness.memory.cosigned(hash)).toBe(`${text}\n${lineOf(next)}${lineOf(log)}${cosignature}`);
  });

  test('each log by itself', async () => {
    const [log, other] = [new TestLog(), new TestLog('ledger.example/globex')];
    const witness = open(log, { logs: parseLogs([log.vkey, other.vkey]) });
    expect(short(await addCheckpoint(witness, log.request(0, 9)))).toBe('200');
    expect(short(await addCheckpoint(witness, other.request(0, 2)))).toBe('200');
    expect([await known(witness), (await witness.memory.recall('ledger.example/globex')).size]).toEqual([9, 2]);
  });
});

describe('refuses, and stands where it stood', () => {
  const log = new TestLog();
  const proof = naiveConsistency(5, log.leaves.slice(0, 9));
  const note = log.checkpoint(9);
  const hash = Buffer.alloc(32).toString('base64');
  const resigned = (text: string) => signNote(text, [log.signer]);
  const forgedLine = new TestLog().checkpoint(9).split('\n').at(-2) ?? '';

  const malformed: [string, string][] = [
    ['nothing', ''],
    ['no checkpoint', 'old 5\n'],
    ['no old size', `${hash}\n\n${note}`],
    ['an old size with a leading zero', requestOf('05', proof, note)],
    ['an old size with a sign', requestOf('+5', proof, note)],
    ['a negative old size', requestOf('-5', proof, note)],
    ['an old size in hex', requestOf('0x5', proof, note)],
    ['an old size beyond 2^53', requestOf('9007199254740993', proof, note)],
    ['two spaces', `old  5\n\n${note}`],
    ['a carriage return', requestOf(5, proof, note).replace('old 5\n', 'old 5\r\n')],
    ['a hash of 31 bytes', requestOf(5, [Buffer.alloc(31)], note)],
    ['a hash of 33 bytes', requestOf(5, [Buffer.alloc(33)], note)],
    ['base64 without padding', `old 5\n${hash.slice(0, -1)}\n\n${note}`],
    ['base64 with bits left over', `old 5\n${hash.slice(0, -2)}B=\n\n${note}`],
    ['64 hashes', requestOf(5, Array<Buffer>(64).fill(Buffer.alloc(32)), note)],
    ['a note without signatures', requestOf(5, proof, `${log.text(9)}\n`)],
    ['a note without the last line end', requestOf(5, proof, note.slice(0, -1))],
    ['a signature line of another form', requestOf(5, proof, `${note}- ${origin} ${hash}\n`)],
    ['a size with a leading zero', requestOf(5, proof, resigned(log.text(9).replace('\n9\n', '\n09\n')))],
    ['a root of 31 bytes', requestOf(5, proof, resigned(`${origin}\n9\n${Buffer.alloc(31).toString('base64')}\n`))],
    ['an empty extension line', requestOf(5, proof, resigned(`${log.text(9)}\nmore\n`))],
    ['a control character', requestOf(5, proof, resigned(`${log.text(9)}\u0007\n`))],
    ['an old size above the checkpoint', requestOf(10, [], note)],
  ];
  test.each(malformed)('400: %s', async (_what, body) => {
    const witness = await standingAt(5, log);
    expect([short(await addCheckpoint(witness, body)), await known(witness)]).toEqual(['400', 5]);
  });

  const others: [string, string, string][] = [
    ['404', 'a log that it does not watch', new TestLog('ledger.example/other').request(0, 3)],
    ['403', 'a key of the same name that is not the log’s', new TestLog().request(5, 9)],
    ['403', 'a signature over another text', requestOf(5, proof, note.replace('\n9\n', '\n8\n'))],
    ['403', 'the log’s key id before bytes that are no signature', requestOf(5, proof, withBrokenSignature(note))],
    [
      '403',
      'a valid signature beside a broken one of the same key',
      requestOf(5, proof, `${note}${lastLine(withBrokenSignature(note))}\n`),
    ],
    ['409 5', 'an old size below what it knows', log.request(3, 9)],
    ['409 5', 'an old size of zero', log.request(0, 9)],
    ['409 5', 'an old size above what it knows', log.request(7, 9)],
    ['409 5', 'a smaller tree', log.request(4, 4)],
    ['422', 'no proof', requestOf(5, [], note)],
    ['422', 'a proof that is too short', requestOf(5, proof.slice(1), note)],
    ['422', 'a proof that is too long', requestOf(5, [...proof, Buffer.alloc(32)], note)],
    ['422', 'a proof in another order', requestOf(5, proof.toReversed(), note)],
    ['422', 'a proof for a same size', requestOf(5, [Buffer.alloc(32)], log.checkpoint(5))],
    ['422', 'another history', requestOf(5, naiveConsistency(5, log.forkedAt(2).slice(0, 9)), log.checkpoint(9, log.forkedAt(2)))],
    ['422', 'another root of the same size', requestOf(5, [], log.checkpoint(5, log.forkedAt(4)))],
  ];
  test.each(others)('%s: %s', async (answer, _what, body) => {
    const witness = await standingAt(5, log);
    expect([short(await addCheckpoint(witness, body)), await known(witness)]).toEqual([answer, 5]);
  });

  test('422 at the very first: a proof, or an empty tree with the root of another', async () => {
    const witness = open(log);
    expect(short(await addCheckpoint(witness, requestOf(0, [Buffer.alloc(32)], note)))).toBe('422');
    const text = `${origin}\n0\n${naiveRoot(log.leaves.slice(0, 1)).toString('base64')}\n`;
    expect(short(await addCheckpoint(witness, requestOf(0, [], resigned(text))))).toBe('422');
    expect(await known(witness)).toBe(0);
  });

  test('foreign signature lines alone do not count', async () => {
    const witness = await standingAt(5, log);
    const answer = await addCheckpoint(witness, requestOf(5, proof, `${log.text(9)}\n${forgedLine}\n`));
    expect(short(answer)).toBe('403');
  });

  test('two histories of one size are told as a fork, with the evidence; a missing proof is told as no more than that', async () => {
    const witness = await standingAt(5, log);
    const forged = log.checkpoint(5, log.forkedAt(4));
    await addCheckpoint(witness, requestOf(5, [], forged));
    await addCheckpoint(witness, requestOf(5, [], note));
    expect(witness.events.slice(1)).toEqual([
      { kind: 'fork', origin, known: 5, note: forged },
      { kind: 'inconsistent', origin, known: 5, note },
    ]);
  });
});

function lastLine(note: string): string {
  return note.split('\n').at(-2) ?? '';
}

function withBrokenSignature(note: string): string {
  const base64 = lastLine(note).split(' ').at(-1) ?? '';
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
  return note.replace(base64, bytes.toString('base64'));
}

describe('races and crashes', () => {
  /** Two requests that both passed every check against size 5 before either is remembered. */
  async function race(shared: boolean): Promise<void> {
    const log = new TestLog();
    const witness = await standingAt(5, log);
    const [slowChecked, letSlowGo] = [gate(), gate()];
    const slow = open(log, {
      key: witness.key,
      state: witness.state,
      memory: shared ? witness.memory : new Memory(witness.state),
      hooks: {
        beforePersist: () => {
          slowChecked.open();
          return letSlowGo.opened;
        },
      },
    });
    const slower = addCheckpoint(slow, log.request(5, 7));
    await slowChecked.opened;
    expect(short(await addCheckpoint(witness, log.request(5, 9)))).toBe('200');
    letSlowGo.open();
    expect(short(await slower)).toBe('409 9');
    expect([slow.events, await known(witness)]).toEqual([[], 9]);
  }

  test('a slower request for a smaller tree gets the larger size, and no signature', () => race(true));
  test('the same between two processes on one state folder', () => race(false));

  test('a request that slept while its place was taken and cleared away is refused as well', async () => {
    const log = new TestLog();
    const witness = await standingAt(5, log);
    const [checked, go] = [gate(), gate()];
    const beforePersist = () => {
      checked.open();
      return go.opened;
    };
    const hooks = { beforePersist };
    const sleeper = addCheckpoint({ ...witness, hooks }, log.request(5, 6));
    await checked.opened;
    for (const [from, to] of [
      [5, 8],
      [8, 12],
      [12, 13],
    ] as const)
      expect(short(await addCheckpoint(witness, log.request(from, to)))).toBe('200');
    go.open();
    expect([short(await sleeper), await known(witness)]).toEqual(['409 13', 13]);
    expect(short(await addCheckpoint(witness, log.request(13, 14)))).toBe('200');
  });

  test('of many at once for different trees, those that are signed follow one another', async () => {
    const log = new TestLog();
    const witness = await standingAt(5, log);
    const sizes = [6, 7, 8, 9, 10, 11, 12, 13];
    const answers = await Promise.all(
      sizes.map((size) => addCheckpoint({ ...witness, memory: new Memory(witness.state) }, log.request(5, size))),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  test('of many at once for the same tree, all are signed', async () => {
    const log = new TestLog();
    const witness = await standingAt(5, log);
    const again = () => addCheckpoint({ ...witness, memory: new Memory(witness.state) }, log.request(5, 5));
    expect((await Promise.all([again(), again(), again(), again()])).map(short)).toEqual(['200', '200', '200', '200']);
  });

  test('what dies between remembering and signing has signed nothing, and stands at the larger tree', async () => {
    const log = new TestLog();
    const witness = await standingAt(5, log);
    const hooks = { beforeSign: () => Promise.reject(new Error('killed')) };
    await expect(addCheckpoint({ ...witness, hooks }, log.request(5, 9))).rejects.toThrow('killed');
    const restarted = open(log, { state: witness.state, key: witness.key });
    expect(short(await addCheckpoint(restarted, requestOf(5, [], log.checkpoint(6, log.forkedAt(5)))))).toBe('409 9');
    cosignedAt(restarted, await addCheckpoint(restarted, log.request(9, 9)), log.text(9));
  });

  test('what dies before remembering stands where it stood', async () => {
    const log = new TestLog();
    const witness = await standingAt(5, log);
    const hooks = { beforePersist: () => Promise.reject(new Error('killed')) };
    await expect(addCheckpoint({ ...witness, hooks }, log.request(5, 9))).rejects.toThrow('killed');
    expect(await known(open(log, { state: witness.state }))).toBe(5);
  });

  test('a memory that cannot be read is not taken for an empty one', async () => {
    const log = new TestLog();
    const witness = await standingAt(5, log);
    const folder = join(witness.state, sha256(Buffer.from(origin)).toString('hex'));
    const [file] = readdirSync(folder).filter((name) => /^\d+$/.test(name));
    writeFileSync(join(folder, file ?? ''), readFileSync(join(folder, file ?? ''), 'utf8').slice(0, 20));
    expect(await codeOf(addCheckpoint(witness, log.request(0, 9)))).toBe('witness.state_malformed');
  });

  test('the memory does not grow with the number of checkpoints', async () => {
    const log = new TestLog();
    const witness = await standingAt(1, log);
    for (let size = 1; size < 30; size += 1) await addCheckpoint(witness, log.request(size, size + 1));
    expect(readdirSync(join(witness.state, sha256(Buffer.from(origin)).toString('hex'))).toSorted()).toEqual(['000000000030', 'cosigned']);
  });
});
