import { describe, expect, test } from 'vitest';
import { DataKey, parseSealed } from '../../src/vault/data-key.ts';
import { MasterKeys } from '../../src/vault/index.ts';
import { newKey, rewrap, unwrap } from '../../src/vault/wrapping.ts';

const bytes = Buffer.alloc(32, 1);
const owner = { tenant: 'acme', subject: 'person:usr_rosa' };
const key = new DataKey(bytes, owner);
const place = { column: 'flag.reason', row: 'search' };
const text = 'because Søren asked for it \u{1F512}';

function open(sealed: string, by: DataKey = key, at = place): string | undefined {
  const parsed = parseSealed(sealed);
  if (parsed === undefined) throw new Error('it has not the form of a sealed text');
  return by.open(parsed, at);
}
const codeOf = (work: () => unknown): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return Object(error).code;
  }
};

describe('a sealed text', () => {
  test('opens with its key in its place, and has another form each time', () => {
    const [one, other] = [key.seal(text, place), key.seal(text, place)];
    expect([open(one), open(other)]).toEqual([text, text]);
    expect(one).not.toBe(other);
    expect(one).toMatch(/^sealed1\.[0-9a-f]{16}\.[A-Za-z0-9_-]+$/);
    expect(open(key.seal('', place))).toBe('');
  });

  test('does not open after a change of any one bit', () => {
    const sealed = parseSealed(key.seal('x', place));
    if (sealed === undefined) throw new Error('it has not the form of a sealed text');
    for (let bit = 0; bit < sealed.bytes.length * 8; bit += 1) {
      const changed = Buffer.from(sealed.bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(codeOf(() => key.open({ ...sealed, bytes: changed }, place))).toBe('vault.tampered');
    }
    for (const length of [0, 12, 27, sealed.bytes.length - 1])
      expect(codeOf(() => key.open({ ...sealed, bytes: sealed.bytes.subarray(0, length) }, place))).toBe('vault.tampered');
  });

  test.each([
    ['another column', key, { ...place, column: 'approval.justification' }],
    ['another row', key, { ...place, row: 'searc' }],
    ['a place whose parts are joined otherwise', key, { column: 'flag.reasons', row: 'earch' }],
    ['another tenant, under the same key', new DataKey(bytes, { ...owner, tenant: 'globex' }), place],
    ['another person, under the same key', new DataKey(bytes, { ...owner, subject: 'person:usr_rick' }), place],
  ])('does not open for %s', (_what, by, at) => {
    expect(codeOf(() => open(key.seal(text, place), by, at))).toBe('vault.tampered');
  });

  test('of a key that was erased is told from one that was tampered with', () => {
    expect(open(key.seal(text, place), new DataKey(Buffer.alloc(32, 2), owner))).toBeUndefined();
  });

  test.each(['', 'because', 'sealed1.', 'sealed1.0123456789abcdef.', 'sealed1.0123456789abcdeF.AAAA', 'sealed2.0123456789abcdef.AAAA'])(
    'is not what somebody wrote: %j',
    (plain) => expect(parseSealed(plain)).toBeUndefined(),
  );
});

describe('a salt', () => {
  test('is the same for the same entry and path, and another for any other and under any other key', () => {
    const salts = [
      key.salt('ent_1', '/data/a'),
      key.salt('ent_1', '/data/b'),
      key.salt('ent_2', '/data/a'),
      new DataKey(Buffer.alloc(32, 2), owner).salt('ent_1', '/data/a'),
    ];
    expect(new Set(salts).size).toBe(4);
    expect(salts.map((salt) => Buffer.from(salt, 'base64url').length)).toEqual([32, 32, 32, 32]);
    expect(new DataKey(bytes, owner).salt('ent_1', '/data/a')).toBe(salts[0]);
  });

  test('says nothing of a digest with the same key', () => {
    expect(key.digest(Buffer.from('a'))).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(key.digest(Buffer.from('a'))).not.toBe(new DataKey(Buffer.alloc(32, 2), owner).digest(Buffer.from('a')));
  });
});

describe('a wrapped key', () => {
  const [first, second] = [Buffer.alloc(32, 8), Buffer.alloc(32, 9)];
  const keys = MasterKeys.of(first);

  test('unwraps for its owner alone', () => {
    const made = newKey(keys, owner);
    expect(unwrap(keys, made.row, owner)).toEqual(made.bytes);
    for (const other of [
      { ...owner, tenant: 'globex' },
      { ...owner, subject: 'person:usr_rick' },
    ])
      expect(codeOf(() => unwrap(keys, made.row, other))).toBe('vault.tampered');
  });

  test('does not unwrap after a change of any byte', () => {
    const { row } = newKey(keys, owner);
    const raw = Buffer.from(row.wrapped, 'base64url');
    for (let at = 0; at < raw.length; at += 1) {
      const changed = Buffer.from(raw);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(codeOf(() => unwrap(keys, { ...row, wrapped: changed.toString('base64url') }, owner))).toBe('vault.tampered');
    }
  });

  test('under a new master key needs the old one no more, and under the old one alone it stays shut', () => {
    const made = newKey(keys, owner);
    const moved = rewrap(MasterKeys.of(second, first), made.row, owner);
    expect(unwrap(MasterKeys.of(second), moved, owner)).toEqual(made.bytes);
    expect(codeOf(() => unwrap(keys, moved, owner))).toBe('vault.master_key_unknown');
    // The id is part of what is sealed: a row cannot be made to name another key.
    expect(codeOf(() => unwrap(MasterKeys.of(second, first), { ...moved, masterKeyId: made.row.masterKeyId }, owner))).toBe(
      'vault.tampered',
    );
  });
});
