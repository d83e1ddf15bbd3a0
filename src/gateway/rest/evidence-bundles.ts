import type { Authenticator } from '../../auth/index.ts';
import { sendFile } from '../../catalog/index.ts';
import { Places } from '../../core/index.ts';
import type { Decision } from '../../govern/index.ts';
import type { GatewayParts } from '../context.ts';
import { GatewayError } from '../errors.ts';
import { credentialsOf, type Route, streamed } from '../http.ts';
import { denied, problem } from '../problem.ts';

/** Downloads at once in one process: each holds a few MiB, a socket, and perhaps a connection to the store. */
const downloads = { all: 64, each: 16 };

/** `GET /evidence/bundles/sha256:<manifest>/<name>`: a file of a published bundle. Each download is decided on and recorded before its first byte. */
export function evidenceBundles(parts: GatewayParts, authenticator: Authenticator): Route {
  const places = new Places(downloads);
  return {
    path: '/evidence/bundles/',
    methods: ['GET', 'HEAD'],
    handle: async (request) => {
      const identity = await authenticator.authenticate({ ...credentialsOf(request), channel: 'rest' });
      const [manifest = '', name = '', ...more] = request.url.pathname.slice('/evidence/bundles/'.length).replace(/%3A/i, ':').split('/');
      if (more.length > 0 || !/^sha256:[0-9a-f]{64}$/.test(manifest) || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) return notFound();
      const { decision, result } = await parts.kernel.govern('evidence.download', { identity, args: { manifest, name } });
      if (decision.ruleId === 'core.resource_known') return notFound(decision);
      if (result === null) return denied(decision);
      const headers = headersFor(decision, name, { digest: String(result['digest']), mediaType: String(result['mediaType']) });
      if (request.header('if-none-match') === headers.etag) return new Response(null, { status: 304, headers });
      const whole = { ...headers, 'content-length': String(result['size']) };
      if (request.method === 'HEAD') return new Response(null, { headers: whole });
      const leave = places.take(identity.actor.tenant);
      if (leave === undefined) throw full();
      try {
        const content = await sendFile(parts.catalog, identity.actor.tenant, String(result['digest']));
        return new Response(streamed(content, leave), { headers: whole });
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}

/** Anyone may have made the file: no browser is to take it for a page of ours. */
function headersFor({ decisionId, ruleId }: Decision, name: string, { digest, mediaType }: { digest: string; mediaType: string }) {
  return {
    'content-type': /^[\w.+-]+\/[\w.+-]+(; ?charset=utf-8)?$/i.test(mediaType) ? mediaType : 'application/octet-stream',
    'content-disposition': `attachment; filename="${name}"`,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
    etag: `"${digest}"`,
    'x-ig-decision-id': decisionId,
    'x-ig-rule-id': ruleId,
  };
}

function full(): GatewayError {
  const counts = `${downloads.each} downloads of yours, or ${downloads.all} of all, are already under way here`;
  return new GatewayError('gateway.downloads_full', counts, { remedy: 'repeat the call after a moment' });
}

function notFound(decision?: Decision): Response {
  const headers = decision && { 'x-ig-decision-id': decision.decisionId, 'x-ig-rule-id': decision.ruleId };
  const said = { status: 404, code: 'not_found', title: 'your catalog has no such file', remedy: '`evidenceBundles` lists what there is' };
  return problem(said, headers);
}
