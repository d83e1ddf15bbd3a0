import type { Authenticator, Identity } from '../../auth/index.ts';
import type { TenantId } from '../../core/index.ts';
import { type TreeFile, treeFile } from '../../ledger/index.ts';
import type { GatewayParts } from '../context.ts';
import { credentialsOf, type EdgeRequest, type Route } from '../http.ts';
import { denied, problem } from '../problem.ts';
import { ReadPasses } from './read-passes.ts';

/**
 * `GET /ledger/<log>/…`: a log as C2SP tlog-tiles, to who may read it. The first request is an action of its own, decided and ledgered;
 * what it allowed holds for the same caller for some minutes.
 */
export function ledgerTree(parts: GatewayParts, authenticator: Authenticator): Route {
  const passes = new ReadPasses(parts.clock);
  return {
    path: '/ledger/',
    methods: ['GET', 'HEAD'],
    handle: async (request) => {
      const identity = await authenticator.authenticate({ ...credentialsOf(request), channel: 'rest' });
      const [log, ...path] = request.url.pathname.slice('/ledger/'.length).split('/');
      if (log !== identity.actor.tenant) return notFound(); // another tenant's log looks as one that does not exist
      const refusal = await passes.refusal(identity, () => decide(parts, identity));
      if (refusal !== undefined) return denied(refusal);
      const file = await fileOf(parts, identity.actor.tenant, path.join('/'));
      return file === undefined ? notFound() : answer(request, file);
    },
  };
}

/** With the checkpoint that is shown, whose size bounds everything else. */
function fileOf({ database, shown }: GatewayParts, log: TenantId, path: string): Promise<TreeFile | undefined> {
  return database.transaction(log, async (trx) => {
    const checkpoint = await shown(trx, log);
    return checkpoint && treeFile(trx, log, path, checkpoint);
  });
}

async function decide({ kernel }: GatewayParts, identity: Identity) {
  const { decision } = await kernel.govern('ledger.read_log', { identity, args: {} });
  return decision;
}

/** Kept by the caller's own cache only: another's right to see it is not his. */
function answer(request: EdgeRequest, { bytes, type, immutable }: TreeFile): Response {
  const headers = {
    'content-type': type,
    'content-length': String(bytes.length),
    'cache-control': immutable ? 'private, max-age=31536000, immutable' : 'private, no-cache',
    'x-content-type-options': 'nosniff',
  };
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(bytes), { headers });
}

function notFound(): Response {
  return problem({
    status: 404,
    code: 'not_found',
    title: 'your log has no such file',
    remedy: 'there is `checkpoint`, `rotations.json`, `tile/<level>/<index>` and `tile/entries/<index>`, up to the newest checkpoint',
  });
}
