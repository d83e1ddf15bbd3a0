import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { messageOf } from '../../core/index.ts';
import { devIdentity } from './identities.ts';
import { errorPage, type SignInRequest, signInPage } from './pages.ts';
import { amrOf } from './token-claims.ts';

const maxFormBytes = 4_096;

/** `/interaction/<uid>`: GET shows the form, POST signs in whoever was chosen. */
export async function handleInteraction(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (request.method === 'POST') return await signIn(provider, request, response);
    const { params } = await provider.interactionDetails(request, response);
    answer(response, 200, signInPage(wishes(params)));
  } catch (thrown) {
    answer(response, 400, errorPage('invalid_request', messageOf(thrown)));
  }
}

async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams(await readForm(request));
  const { id } = devIdentity(form.get('identity') ?? '');
  const acr = form.get('acr') ?? '';
  await provider.interactionFinished(request, response, { login: { accountId: id, acr, amr: amrOf(acr) } });
}

function wishes(params: { readonly [name: string]: unknown }): SignInRequest {
  const { acr_values: acrValues, max_age: maxAge } = params;
  return {
    acrValues: typeof acrValues === 'string' ? acrValues.split(' ') : [],
    maxAge: maxAge === undefined ? undefined : String(maxAge),
  };
}

async function readForm(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > maxFormBytes) throw new RangeError('the form is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answer(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
  });
  response.end(page);
}
