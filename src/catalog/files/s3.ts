import { AwsClient } from 'aws4fetch';
import { messageOf, sha256, within } from '../../core/index.ts';
import { CatalogError } from '../errors.ts';
import type { Blob, FileStore } from './file-store.ts';
import { inParts } from './in-parts.ts';

/** A store that speaks S3, and who we are there. */
export type S3Settings = {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Put before every key, `evidence/` for one. */
  readonly prefix: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** How much one request carries; S3 takes no less than 5 MiB. Default 8 MiB: a file of 5 GiB has 640 parts. */
  readonly partBytes?: number;
};

const PART_BYTES = 8 * 1024 ** 2;
const RETRIES = 3;
const TIMEOUT_MILLISECONDS = 120_000;

/** Bytes in objects `<prefix><tenant>/<blob>`, path style. A file of one part is one request, others go up in parts, one at a time. */
export function s3Files(settings: S3Settings): FileStore {
  const s3 = new S3(settings);
  return {
    put: async (blob, content) => {
      const parts = inParts(content, settings.partBytes ?? PART_BYTES);
      if (blob.size <= (settings.partBytes ?? PART_BYTES)) return putWhole(s3, keyOf(settings, blob), parts);
      return putInParts(s3, keyOf(settings, blob), parts);
    },
    open: async function* (blob) {
      const { body } = await s3.ask('GET', keyOf(settings, blob), {});
      if (body !== null) yield* patiently(body);
    },
    remove: async (blob) => {
      const key = keyOf(settings, blob);
      await s3.ask('DELETE', key, {});
      for (const upload of await s3.uploads(key)) await s3.ask('DELETE', key, { uploadId: upload });
    },
  };
}

/** What an answer brings, as long as it goes on: a store that falls silent would hold up whoever reads, for ever. */
async function* patiently(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    while (true) {
      const next = await within(TIMEOUT_MILLISECONDS, reader.read()).catch(unreachable);
      if (next === undefined) unreachable('it fell silent');
      if (next.done) return;
      yield next.value;
    }
  } finally {
    void reader.cancel().catch(() => undefined); // not awaited: it may be silent
  }
}

async function textOf(response: Response): Promise<string> {
  return (await within(TIMEOUT_MILLISECONDS, response.text()).catch(unreachable)) ?? unreachable('it fell silent');
}

function unreachable(cause: unknown): never {
  throw new CatalogError('evidence.store_unavailable', `the object store cannot be reached: ${messageOf(cause)}`, {
    cause,
    remedy: 'repeat the call; if it lasts, see `evidence.store.s3` of the configuration',
  });
}

type Parts = AsyncIterable<Buffer<ArrayBuffer>>;

function keyOf({ prefix }: S3Settings, { tenant, id }: Blob): string {
  return `${prefix}${tenant}/${id}`;
}

async function putWhole(s3: S3, key: string, parts: Parts): Promise<void> {
  let whole: Buffer<ArrayBuffer> = Buffer.alloc(0);
  for await (const part of parts) whole = part; // at most one; asked for to the end, so that what is wrong with it is known before
  await s3.ask('PUT', key, {}, whole);
}

async function putInParts(s3: S3, key: string, parts: Parts): Promise<void> {
  const uploadId = textIn(await textOf(await s3.ask('POST', key, { uploads: '' })), 'UploadId');
  try {
    const tags: string[] = [];
    for await (const part of parts) {
      const response = await s3.ask('PUT', key, { partNumber: String(tags.length + 1), uploadId }, part);
      tags.push(response.headers.get('etag') ?? '');
    }
    const list = tags.map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`).join('');
    const body = Buffer.from(`<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`);
    const said = await textOf(await s3.ask('POST', key, { uploadId }, body));
    if (/<Error>/.test(said)) throw refused('POST', key, said); // S3 says 200 before it knows
  } catch (error) {
    await s3.ask('DELETE', key, { uploadId }).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

/** The few calls that are needed, signed (AWS signature version 4, payload included). */
class S3 {
  readonly #client: AwsClient;
  readonly #bucket: string;

  constructor({ endpoint, bucket, region, accessKey, secretKey }: S3Settings) {
    this.#client = new AwsClient({ accessKeyId: accessKey, secretAccessKey: secretKey, service: 's3', region, retries: RETRIES });
    this.#bucket = `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  }

  /** @throws CatalogError `evidence.file_damaged` when what is read is not there, `evidence.store_unavailable` unless it answers 2xx, or 404 to what asks for something to be gone */
  async ask(method: string, key: string, query: Readonly<Record<string, string>>, body?: Buffer<ArrayBuffer>): Promise<Response> {
    const search = new URLSearchParams(query).toString();
    const headers = { 'x-amz-content-sha256': sha256(body ?? Buffer.alloc(0)).toString('hex') };
    const init = { method, headers, redirect: 'error' as const, ...(body !== undefined && { body }) };
    const response = await this.#fetch(`${this.#bucket}${key === '' ? '' : `/${key}`}${search === '' ? '' : `?${search}`}`, init);
    if (response.ok || (response.status === 404 && (method === 'DELETE' || key === ''))) return response;
    const said = `${response.status} ${await textOf(response)}`;
    throw response.status === 404 && method === 'GET' ? gone(key, said) : refused(method, key, said);
  }

  /** Uploads in parts under a key that were begun and neither completed nor aborted. */
  async uploads(key: string): Promise<string[]> {
    const said = await textOf(await this.ask('GET', '', { uploads: '', prefix: key })); // to some stores none is 404
    const all = said.match(/<Upload>[\s\S]*?<\/Upload>/g) ?? [];
    return all.filter((upload) => textIn(upload, 'Key') === key).map((upload) => textIn(upload, 'UploadId'));
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const answer = this.#client.fetch(url, { ...init, signal: init.method === 'GET' ? null : AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
    return (await within(TIMEOUT_MILLISECONDS, answer).catch(unreachable)) ?? unreachable('it does not answer');
  }
}

function gone(key: string, said: string): CatalogError {
  return new CatalogError('evidence.file_damaged', `the object store has no \`${key}\``, {
    cause: new Error(said.slice(0, 1_000)),
    remedy: 'restore the store from a backup',
  });
}

function refused(method: string, key: string, said: string): CatalogError {
  return new CatalogError('evidence.store_unavailable', `the object store refused ${method} \`${key}\``, {
    cause: new Error(said.slice(0, 1_000)),
    remedy: 'see the log of the gateway for what it said',
  });
}

/** The text of the first such element of an S3 answer: flat, machine-written XML. */
function textIn(xml: string, element: string): string {
  const [, text = ''] = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml) ?? [];
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
