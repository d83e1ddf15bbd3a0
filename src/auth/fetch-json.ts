import { messageOf } from '../core/index.ts';
import { AuthError } from './errors.ts';

const timeoutMilliseconds = 5_000;
const maxBytes = 1_048_576;

/**
 * One document of an issuer, bounded in time and size. Redirects are not followed: they would lead off the issuer.
 *
 * @throws AuthError `auth.issuer_unavailable`.
 */
export async function fetchJson(url: string, fetcher: typeof fetch): Promise<unknown> {
  try {
    const response = await fetcher(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMilliseconds),
      headers: { accept: 'application/json' },
    });
    const text = await boundedText(response);
    if (response.status !== 200) throw new Error(`the answer is ${response.status}`);
    return JSON.parse(text);
  } catch (cause) {
    throw new AuthError('auth.issuer_unavailable', `cannot read \`${url}\`: ${messageOf(cause)}`, { cause });
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
