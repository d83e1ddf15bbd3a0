import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../core/index.ts';
import { VerifyError } from '../errors.ts';
import { parseTilePath, TILE_WIDTH } from '../tile-path.ts';
import { readBytesIfThere } from './files.ts';
import { parseRotations } from './rotations.ts';
import type { LogSource } from './source.ts';
import { tileReaders } from './tiles.ts';

export type UrlOptions = {
  /** Bearer token of a caller who may read the log. */
  readonly token?: string | undefined;
  /** A folder that keeps full tiles and bundles, which never change, from one run to the next. */
  readonly cache?: string | undefined;
  /** Milliseconds before each further try; their number is that of the tries after the first. */
  readonly retryAfter?: readonly number[] | undefined;
};

const RETRY_AFTER = [250, 1_000, 4_000];
const TIMEOUT = 30_000;
/** The largest bundle: 256 entries of 65,535 bytes. */
const LARGEST = TILE_WIDTH * (2 + 65_535);

/** A tree that is served: `<prefix>/checkpoint`, `<prefix>/tile/…`. The cache is not trusted more than the network is. */
export function servedTree(prefix: string, options: UrlOptions = {}): LogSource {
  const base = prefix.replace(/\/+$/, '');
  const text = async (name: string) => (await fetched(`${base}/${name}`, options))?.toString('utf8');
  return {
    name: base,
    checkpoint: async () => (await text('checkpoint')) ?? missing(`${base}/checkpoint`),
    rotations: async () => parseRotations(await text('rotations.json')),
    verifierKey: () => text('log.vkey'),
    ...tileReaders((path) => cached(path, options.cache, () => fetched(`${base}/${path}`, options))),
    close: async () => undefined,
  };
}

async function cached(path: string, folder: string | undefined, get: () => Promise<Buffer | undefined>): Promise<Buffer | undefined> {
  if (folder === undefined || parseTilePath(path).width !== TILE_WIDTH) return get();
  const file = join(folder, path);
  const kept = await readBytesIfThere(file);
  if (kept !== undefined) return kept;
  const bytes = await get();
  if (bytes !== undefined) await keep(file, bytes);
  return bytes;
}

async function keep(file: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, bytes);
  await rename(`${file}.${process.pid}`, file);
}

/** The body; undefined for 404 and 410. What may pass, a network fault, 429 or a 5xx, is tried again, a bounded number of times. */
async function fetched(url: string, options: UrlOptions): Promise<Buffer | undefined> {
  const waits = options.retryAfter ?? RETRY_AFTER;
  for (let attempt = 0; ; attempt += 1) {
    const wait = waits[attempt];
    const answer = await request(url, options.token);
    if (answer.kind === 'body') return answer.bytes;
    if (answer.kind === 'refused' || wait === undefined) throw unreachable(url, answer.why);
    await delay(wait);
  }
}

type Answer = { readonly kind: 'body'; readonly bytes: Buffer | undefined } | { readonly kind: 'refused' | 'failed'; readonly why: string };

async function request(url: string, token: string | undefined): Promise<Answer> {
  try {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    if (response.ok) return { kind: 'body', bytes: await bounded(response) };
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410) return { kind: 'body', bytes: undefined };
    const mayPass = response.status === 429 || response.status >= 500;
    return { kind: mayPass ? 'failed' : 'refused', why: `it answered ${response.status}` };
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error) };
  }
}

/** A server that sends without end does not fill our memory. */
async function bounded(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > LARGEST) throw new Error(`it sends more than ${LARGEST} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function missing(url: string): never {
  throw unreachable(url, 'there is no such file');
}

function unreachable(url: string, why: string): VerifyError {
  return new VerifyError('verify.source_unreachable', `cannot read \`${url}\`: ${why}`, {
    remedy: 'check the address (https://<gateway>/ledger/<log>) and the token, and run again',
  });
}
