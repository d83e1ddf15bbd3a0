import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { emptyRoot } from '../../src/ledger/frontier.ts';
import { checkpointText, signNote } from '../../src/ledger/note.ts';
import { verifyCheckpoint } from '../../src/ledger/verify/index.ts';
import { fixedKey, key } from '../support/ledger.ts';

const origin = 'ledger.example/acme';
const root = 'bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0='; // of one empty leaf
const text = `${origin}\n1\n${root}\n`;
const signer = key.signerFor(origin);

/** Made once from the key's seed with `openssl pkeyutl -sign -rawin` and Python's hashlib, not with our code. */
const verifierKey = 'ledger.example/acme+f23da88a+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs';
const note = `${text}\n— ledger.example/acme 8j2oiiFTnW3ej2/vLqTCs36QOszkSNlYkNLNMeuOMfxMmsLVQ2EyEGvliY4fkijqUiwypVPMJkLQCaA35RaeLQS8nw8=\n`;

test('a checkpoint is these bytes, and its key is written like this', () => {
  expect(checkpointText(origin, 1, Buffer.from(root, 'base64'))).toBe(text);
  expect([signer.verifierKey, signNote(text, [signer])]).toEqual([verifierKey, note]);
});

test('the key id is that of the specification, worked out by hand', () => {
  const [name, id, base64] = verifierKey.split('+', 3);
  const rest = verifierKey.slice(`${name}+${id}+`.length);
  const bytes = Buffer.from(rest, 'base64');
  const digest = createHash('sha256')
    .update(Buffer.concat([Buffer.from('ledger.example/acme'), Buffer.of(0x0a), bytes]))
    .digest('hex');
  expect([bytes.length, bytes[0], digest.slice(0, 8), base64?.length]).toEqual([33, 1, id, rest.split('+')[0]?.length]);
});

test('a good checkpoint says what it commits to, beside extension lines and signatures of witnesses', () => {
  const checkpoint = { origin, size: 1, root: Buffer.from(root, 'base64') };
  expect(verifyCheckpoint(note, verifierKey)).toEqual(checkpoint);
  const witness = fixedKey(9).signerFor('witness.example/w');
  expect(verifyCheckpoint(note + signNote(text, [witness]).slice(text.length + 1), verifierKey)).toEqual(checkpoint);
  const extended = `${text}extension\n`;
  expect(verifyCheckpoint(signNote(extended, [signer]), verifierKey)).toEqual(checkpoint);
  expect(verifyCheckpoint(signNote(checkpointText(origin, 0, emptyRoot), [signer]), verifierKey)).toMatchObject({ size: 0 });
  expect(verifyCheckpoint(signNote(checkpointText(origin, Number.MAX_SAFE_INTEGER, emptyRoot), [signer]), verifierKey)).toMatchObject({
    size: 9007199254740991,
  });
});

const resigned = (altered: string) => signNote(altered, [signer]);
const other = fixedKey(8).signerFor(origin);
const elsewhere = key.signerFor('ledger.example/globex');

test.each([
  ['nothing', '', 'verify.checkpoint_malformed'],
  ['no signature block', text, 'verify.checkpoint_malformed'],
  ['no end of line', note.slice(0, -1), 'verify.checkpoint_malformed'],
  ['no origin', resigned(`\n1\n${root}\n`), 'verify.checkpoint_malformed'],
  ['two lines only', resigned(`${origin}\n1\n`), 'verify.checkpoint_malformed'],
  ['a size with a zero before it', resigned(`${origin}\n01\n${root}\n`), 'verify.checkpoint_malformed'],
  ['a negative size', resigned(`${origin}\n-1\n${root}\n`), 'verify.checkpoint_malformed'],
  ['a size with a sign', resigned(`${origin}\n+1\n${root}\n`), 'verify.checkpoint_malformed'],
  ['a size in hex', resigned(`${origin}\n0x1\n${root}\n`), 'verify.checkpoint_malformed'],
  ['a size beyond 2^53 - 1', resigned(`${origin}\n9007199254740992\n${root}\n`), 'verify.checkpoint_malformed'],
  ['a short root', resigned(`${origin}\n1\n${root.slice(0, -4)}\n`), 'verify.checkpoint_malformed'],
  ['a root in base64url', resigned(`${origin}\n1\n${root.replaceAll('+', '-')}\n`), 'verify.checkpoint_malformed'],
  ['a root with loose trailing bits', resigned(`${origin}\n1\n${root.replace('B0=', 'B1=')}\n`), 'verify.checkpoint_malformed'],
  ['the checkpoint of another log', signNote(text.replace('acme', 'globex'), [elsewhere]), 'verify.origin_mismatch'],
  ['an edited size', note.replace('\n1\n', '\n2\n'), 'verify.signature_invalid'],
  ['an edited root', note.replace(root, emptyRoot.toString('base64')), 'verify.signature_invalid'],
  ['an added extension line', note.replace(`${root}\n`, `${root}\nmore\n`), 'verify.signature_invalid'],
  ['the signature of another key', signNote(text, [other]), 'verify.signature_invalid'],
  ['the key in the name of another log', signNote(text, [elsewhere]), 'verify.signature_invalid'],
  ['no signature in the block', `${text}\n\n`, 'verify.checkpoint_malformed'],
  ['a line of a stranger that holds an id and no signature', `${note}— stranger AAAAAA==\n`, 'verify.checkpoint_malformed'],
  ['a line of a stranger with a space too many', `${note}— stranger  AAAAAAA=\n`, 'verify.checkpoint_malformed'],
  ['a control character', resigned(`${text}\t\n`), 'verify.checkpoint_malformed'],
  ['an empty extension line', resigned(`${text}\nmore\n`), 'verify.checkpoint_malformed'],
  [
    'a second signature of the key that is not valid',
    `${note}${note.slice(text.length + 1).replace('8nw8=', '8nw4=')}`,
    'verify.signature_invalid',
  ],
  ['a hyphen for the dash', note.replace('— ', '- '), 'verify.checkpoint_malformed'],
  ['a short signature', `${note.slice(0, -12)}\n`, 'verify.checkpoint_malformed'],
])('a checkpoint with %s is refused', (_what, altered, code) => {
  expect(() => verifyCheckpoint(altered, verifierKey)).toThrow(expect.objectContaining({ code }));
});

test('a signature under the right name and id by another key is refused', () => {
  const forged = signNote(text, [other]).split(' ').at(-1) ?? '';
  const signature = Buffer.from(forged, 'base64').subarray(4);
  const id = Buffer.from(verifierKey.split('+')[1] ?? '', 'hex');
  const line = `— ${origin} ${Buffer.concat([id, signature]).toString('base64')}\n`;
  expect(() => verifyCheckpoint(`${text}\n${line}`, verifierKey)).toThrow(expect.objectContaining({ code: 'verify.signature_invalid' }));
});

test.each([
  ['nothing', ''],
  ['another id', verifierKey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
  ['another name', verifierKey.replace('acme', 'globex')],
  ['a space in the name', verifierKey.replace('/', ' ')],
  ['a key of 31 bytes', `${verifierKey.slice(0, -4)}`],
  ['a key of another kind', verifierKey.replace(/\+A/, '+B')],
  ['no key', `${origin}+00000000+`],
])('a verifier key with %s is refused', (_what, altered) => {
  expect(() => verifyCheckpoint(note, altered)).toThrow(expect.objectContaining({ code: 'verify.key_malformed' }));
});
