import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import canonicalize from 'canonicalize';
import { onTestFinished } from 'vitest';
import { makeFolder, removeFolders } from '../../support/folders.ts';
import { naiveLeaf, naiveRoot } from '../naive-tree.ts';

/** Logs made without the writer: bodies by the package `canonicalize`, the tree by recursion over lists, notes by hand. */
export const origin = 'ledger.example/acme';

export type Signer = { readonly vkey: string; line(text: string, time?: bigint): string };

/** An Ed25519 key whose seed is 32 times `fill`; type 1 signs notes, type 4 cosigns them. */
export function signer(fill: number, name: string = origin, type: 1 | 4 = 1): Signer {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, fill)]);
  const privateKey: KeyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const key = Buffer.concat([Uint8Array.of(type), raw]);
  const id = createHash('sha256').update(`${name}\n`).update(key).digest().subarray(0, 4);
  const payload = (text: string, time: bigint) => {
    if (type === 1) return sign(null, Buffer.from(text), privateKey);
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(time);
    return Buffer.concat([stamp, sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), privateKey)]);
  };
  return {
    vkey: `${name}+${id.toString('hex')}+${key.toString('base64')}`,
    line: (text, time = 1_700_000_000n) => `— ${name} ${Buffer.concat([id, payload(text, time)]).toString('base64')}\n`,
  };
}

export const logKey = signer(7);

export function checkpointText(bodies: readonly Buffer[]): string {
  return `${origin}\n${bodies.length}\n${naiveRoot(bodies.map((body) => naiveLeaf(body))).toString('base64')}\n`;
}

export function note(text: string, ...signers: readonly Signer[]): string {
  return `${text}\n${signers.map((by) => by.line(text)).join('')}`;
}

type Fields = { readonly [name: string]: unknown };

/** The JCS bytes of an entry. */
function body(fields: Fields): Buffer {
  return Buffer.from(canonicalize(fields) ?? '');
}

export function entry(seq: number, prev: Buffer | undefined, over: Fields = {}): Buffer {
  return body({
    v: 1,
    log: 'acme',
    seq,
    prev: prev === undefined ? null : naiveLeaf(prev).toString('hex'),
    id: `ent_${String(seq).padStart(8, '0')}`,
    ts: new Date(Date.UTC(2026, 2, 2, 10) + seq * 1_000).toISOString(),
    type: 'incident.acknowledge',
    subject: `incident:inc_${seq}`,
    actor: { id: 'usr_1', kind: 'human' },
    data: { content: `entry number ${seq}`, letters: 'é€😀' },
    ...over,
  });
}

/** A chained log; `over` changes fields of some of its entries. */
export function chain(size: number, over: (seq: number) => Fields = () => ({}), from: readonly Buffer[] = []): Buffer[] {
  const bodies = [...from];
  while (bodies.length < size) bodies.push(entry(bodies.length, bodies.at(-1), over(bodies.length)));
  return bodies;
}

/** The same entries with every `prev` from `from` on made anew: a chain that holds in itself. */
export function rechained(bodies: readonly Buffer[], from: number): Buffer[] {
  const made = [...bodies];
  for (let n = Math.max(from, 1); n < made.length; n += 1) {
    const prev = naiveLeaf(made[n - 1] ?? Buffer.alloc(0)).toString('hex');
    made[n] = body({ ...JSON.parse((made[n] ?? '').toString()), prev });
  }
  return made;
}

export type Files = Map<string, Buffer>;
export type Made = { readonly bodies: readonly Buffer[]; readonly checkpoint: string; readonly rotations?: readonly string[] };

export function textFiles({ bodies, checkpoint, rotations }: Made): Files {
  return new Map([['entries.jsonl', Buffer.concat(bodies.flatMap((line) => [line, Buffer.from('\n')]))], ...shared(checkpoint, rotations)]);
}

function shared(checkpoint: string, rotations: readonly string[] | undefined): [string, Buffer][] {
  const files: [string, Buffer][] = [
    ['checkpoint', Buffer.from(checkpoint)],
    ['log.vkey', Buffer.from(`${logKey.vkey}\n`)],
  ];
  return rotations === undefined ? files : [...files, ['rotations.json', Buffer.from(JSON.stringify(rotations))]];
}

/** The hashes of each level as C2SP tlog-tiles has them, of leaf hashes. */
function levelsOf(leaves: readonly Buffer[]): Buffer[][] {
  const levels = [[...leaves]];
  for (let below = leaves; below.length >= 256; ) {
    const level = Array.from({ length: Math.floor(below.length / 256) }, (_, n) => naiveRoot(below.slice(n * 256, n * 256 + 256)));
    levels.push(level);
    below = level;
  }
  return levels;
}

const group = (index: number) =>
  String(index)
    .padStart(Math.ceil(String(index).length / 3) * 3, '0')
    .replace(/\d{3}(?=\d)/g, 'x$&/');
const named = (level: string, index: number, width: number) => `tile/${level}/${group(index)}${width === 256 ? '' : `.p/${width}`}`;

/** The files of the tree over `signed`, whose entry bundles hold `bodies`: the same ones unless something is to be wrong. */
export function tileFiles({ bodies, checkpoint, rotations }: Made, signed: readonly Buffer[] = bodies): Files {
  const files: Files = new Map(shared(checkpoint, rotations));
  for (const [level, hashes] of levelsOf(signed.map((leaf) => naiveLeaf(leaf))).entries()) {
    for (let at = 0; at < hashes.length; at += 256) {
      const tile = hashes.slice(at, at + 256);
      files.set(named(String(level), at / 256, tile.length), Buffer.concat(tile));
    }
  }
  for (let at = 0; at < signed.length; at += 256) {
    const width = Math.min(256, signed.length - at);
    const bundle = bodies.slice(at, at + 256).flatMap((leaf) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(leaf.length);
      return [length, leaf];
    });
    files.set(named('entries', at / 256, width), Buffer.concat(bundle));
  }
  return files;
}

/** A folder with the files, gone when the test ends. */
export function folderOf(files: Files): string {
  const folder = emptyFolder();
  fill(folder, files);
  return folder;
}

export function emptyFolder(): string {
  const folder = makeFolder('verify');
  onTestFinished(() => removeFolders([folder]));
  return folder;
}

export function fill(folder: string, files: Files): void {
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}
