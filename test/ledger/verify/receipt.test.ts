import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { describe, expect, test } from 'vitest';
import { verifyCosignatures, verifyReceipt } from '../../../src/ledger/verify/index.ts';
import { naiveLeaf, naivePath } from '../naive-tree.ts';
import { chain, checkpointText, entry, logKey, note, origin, signer } from './maker.ts';

const salt = Buffer.alloc(32, 5).toString('base64url');
const commitment = (...disclosure: unknown[]) => ({
  committed: createHash('sha256')
    .update(canonicalize(disclosure) ?? '')
    .digest('hex'),
});
const path = '/data/input/items/1/a~1b~0';
const secret = 'Erika Mustermann';
const data = { input: { items: ['x', { 'a/b~': commitment(salt, path, secret) }], plain: 'seen' } };
const bodies = chain(7, (seq) => (seq === 4 ? { data } : {}));
const leaves = bodies.map((body) => naiveLeaf(body));
const text = checkpointText(bodies);
const [one, two, three] = [signer(11, 'w.example/1', 4), signer(12, 'w.example/2', 4), signer(13, 'w.example/3', 4)];
const checkpoint = note(text, logKey, one, two);

function receipt(over: { extra?: string | null; index?: number; path?: Buffer[]; checkpoint?: string } = {}): string {
  const extra = over.extra === undefined ? bodies[4]?.toString('base64') : over.extra;
  const hashes = (over.path ?? naivePath(4, leaves)).map((hash) => hash.toString('base64'));
  const lines = ['c2sp.org/tlog-proof@v1', ...(extra === null ? [] : [`extra ${extra}`]), `index ${over.index ?? 4}`, ...hashes];
  return `${lines.join('\n')}\n\n${over.checkpoint ?? checkpoint}`;
}
const verify = (file: string, over = {}) => verifyReceipt(file, { key: logKey.vkey, ...over });
const refusal = (code: string) => expect.objectContaining({ code });
const b64 = (body: Buffer | string | undefined) => Buffer.from(body ?? '').toString('base64');

describe('a receipt', () => {
  test('says who did what, when, and where in the log', () => {
    expect(verify(receipt())).toEqual({
      log: 'acme',
      origin,
      seq: 4,
      checkpointSize: 7,
      entry: JSON.parse((bodies[4] ?? '').toString()),
      witnesses: [],
      disclosed: [],
    });
    const json = {
      leaf: (bodies[4] ?? '').toString(),
      seq: 4,
      path: naivePath(4, leaves).map((hash) => hash.toString('hex')),
      checkpoint,
      verifierKey: 'x',
    };
    expect(verify(JSON.stringify(json, null, 2))).toEqual(verify(receipt()));
  });

  test.each([
    ['of another version', receipt().replace('@v1', '@v2'), 'verify.receipt_malformed'],
    ['without the entry', receipt({ extra: null }), 'verify.receipt_malformed'],
    [
      'with an entry in loose base64',
      receipt({
        extra:
          `${bodies[4]?.toString('base64').replace(/=*$/, '')}` === b64(bodies[4])
            ? 'x'
            : (bodies[4]?.toString('base64').replace(/=+$/, '') ?? ''),
      }),
      'verify.receipt_malformed',
    ],
    ['with a zero before its index', receipt().replace('index 4', 'index 04'), 'verify.receipt_malformed'],
    ['with a negative index', receipt().replace('index 4', 'index -4'), 'verify.receipt_malformed'],
    ['with an index beyond 2^53', receipt().replace('index 4', 'index 9007199254740993'), 'verify.receipt_malformed'],
    ['with carriage returns', receipt().replace('\n', '\r\n'), 'verify.receipt_malformed'],
    ['with a short hash', receipt({ path: [Buffer.alloc(31)] }), 'verify.receipt_malformed'],
    ['with a path that has no end', receipt({ path: Array.from({ length: 64 }, () => Buffer.alloc(32)) }), 'verify.receipt_malformed'],
    ['without a checkpoint', receipt().split('\n\n')[0] ?? '', 'verify.receipt_malformed'],
    ['of another entry', receipt({ extra: b64(bodies[5]) }), 'verify.proof_invalid'],
    ['of another place', receipt({ index: 5 }), 'verify.proof_invalid'],
    ['of a place beyond the log', receipt({ index: 7 }), 'verify.proof_invalid'],
    ['with a path too long', receipt({ path: [...naivePath(4, leaves), leaves[0] ?? Buffer.alloc(32)] }), 'verify.proof_invalid'],
    ['signed by another', receipt({ checkpoint: note(text, signer(8)) }), 'verify.signature_invalid'],
    ['that is JSON of something else', '{"a":1}', 'verify.receipt_malformed'],
    ['that is half JSON', '{"leaf":', 'verify.receipt_malformed'],
  ])('%s is refused', (_what, file, code) => {
    expect(() => verify(file)).toThrow(refusal(code));
  });

  test('of a proven body that is no entry, or names another place, is refused', () => {
    for (const body of [Buffer.from('{"seq": 0}'), Buffer.from('hello'), entry(3, undefined)]) {
      const alone = note(checkpointText([body]), logKey);
      expect(() => verify(receipt({ extra: b64(body), index: 0, path: [], checkpoint: alone }))).toThrow(refusal('verify.proof_invalid'));
    }
  });
});

describe('witnesses', () => {
  test('count when they are known, each once, and say when', () => {
    const seen = (by: typeof one) => ({ name: by.vkey.split('+')[0], time: 1_700_000_000 });
    expect(verifyCosignatures(checkpoint, { witnesses: [one.vkey, two.vkey] })).toEqual([seen(one), seen(two)]);
    expect(verifyCosignatures(checkpoint, { witnesses: [one.vkey, two.vkey, three.vkey], quorum: 2 })).toHaveLength(2);
    expect(verify(receipt(), { witnesses: { witnesses: [two.vkey] } }).witnesses).toEqual([seen(two)]);
    const policy = { witnesses: [one.vkey, one.vkey, one.vkey], quorum: 2 };
    expect(() => verifyCosignatures(checkpoint, policy)).toThrow('1 of 1 known witnesses signed the checkpoint, 2 are needed');
  });

  test('one key under two names is one witness', () => {
    const alias = signer(11, 'w.example/alias', 4);
    const both = note(text, logKey, one, alias);
    expect(() => verifyCosignatures(both, { witnesses: [one.vkey, alias.vkey], quorum: 2 })).toThrow(refusal('verify.witnesses_missing'));
  });

  test.each([
    ['too few', checkpoint, { witnesses: [one.vkey, three.vkey] }, 'verify.witnesses_missing'],
    [
      'over another text',
      `${text}\n${logKey.line(text)}${one.line(text.replace('7', '8'))}`,
      { witnesses: [one.vkey] },
      'verify.signature_invalid',
    ],
    ['a log’s key as a witness’s', note(text, logKey), { witnesses: [logKey.vkey] }, 'verify.key_malformed'],
    [
      'a plain signature in the name and id of a witness',
      `${text}\n${logKey.line(text)}${plainAs(one)}`,
      { witnesses: [one.vkey] },
      'verify.signature_invalid',
    ],
    ['a time beyond 2^53', `${text}\n${one.line(text, 2n ** 60n)}`, { witnesses: [one.vkey] }, 'verify.signature_invalid'],
  ])('%s: refused', (_what, signed, policy, code) => {
    expect(() => verifyCosignatures(signed, policy)).toThrow(refusal(code));
  });

  /** Sixty-four bytes where a cosignature has its time before them. */
  function plainAs(by: typeof one): string {
    const [, id = ''] = by.vkey.split('+');
    const signature = Buffer.from(logKey.line(text).split(' ')[2] ?? '', 'base64').subarray(4);
    return `— ${by.vkey.split('+')[0]} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
  }
});

describe('a disclosed value', () => {
  const open = (...disclosure: unknown[]) => verify(receipt(), { disclosures: [JSON.stringify(disclosure)] }).disclosed;

  test('is the one that the entry commits to', () => {
    expect(open(salt, path, secret)).toEqual([{ path, value: secret }]);
  });

  test.each([
    ['another value', [salt, path, 'Max Mustermann'], 'verify.disclosure_invalid'],
    ['another salt', [Buffer.alloc(32, 6).toString('base64url'), path, secret], 'verify.disclosure_invalid'],
    ['a value that is not committed', [salt, '/data/input/plain', 'seen'], 'verify.disclosure_invalid'],
    ['a place that is not there', [salt, '/data/nothing', secret], 'verify.disclosure_invalid'],
    ['the hash itself', [salt, `${path}/committed`, secret], 'verify.disclosure_invalid'],
    ['a pointer without its slash', [salt, path.slice(1), secret], 'verify.disclosure_invalid'],
    ['a member of every object', [salt, '/constructor', secret], 'verify.disclosure_invalid'],
    ['a short salt', ['AA', path, secret], 'verify.disclosure_malformed'],
    ['a value too many', [salt, path, secret, 1], 'verify.disclosure_malformed'],
  ])('with %s is refused', (_what, disclosure, code) => {
    expect(() => open(...disclosure)).toThrow(refusal(code));
  });
});
