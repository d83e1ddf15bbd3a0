import type { Authenticator, Identity } from '../../auth/index.ts';
import { CatalogError, evidenceDigest, MAX_FILE_BYTES, presentFile, receiveFile } from '../../catalog/index.ts';
import { Places } from '../../core/index.ts';
import type { Decision } from '../../govern/index.ts';
import type { Patience } from '../body-stream.ts';
import type { GatewayParts } from '../context.ts';
import { GatewayError } from '../errors.ts';
import { credentialsOf, type EdgeRequest, json, type Route } from '../http.ts';
import { denied, problem } from '../problem.ts';
import { ReadPasses } from './read-passes.ts';

/** Uploads at once in one process, each of which holds a few MiB. */
const uploads = { all: 32, each: 8 };
/** A minute beside what a file takes at 64 KiB/s: an upload that never ends would hold its place for ever. */
const patience: Patience = { idle: 30_000, grace: 60_000, bytesPerSecond: 65_536 };

/**
 * `PUT /evidence/files/sha256:<hex>`: a file for a bundle, decided on before its first byte is read; `HEAD` says whether it is there, to who
 * may look (one decision for some minutes). What other tenants have is not known here: it has to be sent again.
 */
export function evidenceFiles(parts: GatewayParts, authenticator: Authenticator): Route {
  const passes = new ReadPasses(parts.clock);
  const places = new Places(uploads);
  return {
    path: '/evidence/files/',
    methods: ['PUT', 'HEAD'],
    handle: async (request) => {
      const identity = await authenticator.authenticate({ ...credentialsOf(request), channel: 'rest' });
      const digest = evidenceDigest.safeParse(request.url.pathname.slice('/evidence/files/'.length).replace(/%3A/i, ':'));
      if (!digest.success) return notFound();
      if (request.method === 'HEAD') return await look(parts, passes, identity, digest.data);
      const leave = places.take(identity.actor.tenant);
      if (leave === undefined) throw full();
      return await take(parts, identity, request, digest.data).finally(leave);
    },
  };
}

async function look(parts: GatewayParts, passes: ReadPasses, identity: Identity, digest: string): Promise<Response> {
  const refusal = await passes.refusal(identity, async () => {
    const { decision } = await parts.kernel.govern('evidence.list', { identity, args: { files: true } });
    return decision;
  });
  if (refusal !== undefined) return denied(refusal);
  const file = await presentFile(parts.catalog, identity.actor.tenant, digest);
  if (file === undefined) return notFound();
  return new Response(null, { headers: { 'content-length': String(file.blob.size), etag: `"${digest}"`, 'cache-control': 'no-store' } });
}

async function take(parts: GatewayParts, identity: Identity, request: EdgeRequest, digest: string): Promise<Response> {
  const size = lengthOf(request);
  const { decision, result } = await parts.kernel.govern('evidence.upload', { identity, args: { digest, size } });
  if (result === null) return denied(decision);
  const blob = result['blob'];
  if (typeof blob !== 'string') return stored(200, decision, digest);
  await receiveFile(parts.catalog, identity.actor.tenant, blob, request.stream(patience));
  return stored(201, decision, digest);
}

function stored(status: number, { decisionId, ruleId }: Decision, digest: string): Response {
  return json(status, { digest, decisionId }, { 'x-ig-decision-id': decisionId, 'x-ig-rule-id': ruleId });
}

/** @throws CatalogError `evidence.length_required`, `evidence.too_large` */
function lengthOf(request: EdgeRequest): number {
  const header = request.header('content-length');
  if (header === undefined || request.header('transfer-encoding') !== undefined)
    throw new CatalogError('evidence.length_required', 'an upload says how long it is before it begins', {
      remedy: 'send `content-length`, and no `transfer-encoding`',
    });
  const size = Number(header);
  if (Number.isSafeInteger(size) && size <= MAX_FILE_BYTES) return size;
  throw new CatalogError('evidence.too_large', `the file has ${header} bytes, at most ${MAX_FILE_BYTES} are taken`, {
    remedy: 'split it into several items',
  });
}

function full(): GatewayError {
  return new GatewayError(
    'gateway.uploads_full',
    `${uploads.each} uploads of yours, or ${uploads.all} of all, are already under way here`,
    {
      remedy: 'repeat the call after a moment',
    },
  );
}

function notFound(): Response {
  return problem({
    status: 404,
    code: 'not_found',
    title: 'your catalog has no such file',
    remedy: 'a file is named `sha256:` and 64 hex digits',
  });
}
