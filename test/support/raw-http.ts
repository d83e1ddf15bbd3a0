import { request } from 'node:http';
import { json } from 'node:stream/consumers';

export type HeaderLine = readonly [name: string, value: string];

/** Posts JSON with exactly these header lines, in their order, spelling and number: what `fetch` would tidy up. */
export async function postRaw(url: string, body: string, lines: readonly HeaderLine[]): Promise<{ status: number; body: unknown }> {
  const own = ['Host', new URL(url).host, 'Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(body))];
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent: false, headers: [...own, ...lines.flat()] }, (response) => {
      json(response).then(
        (answer) => resolve({ status: response.statusCode ?? 0, body: answer }),
        () => resolve({ status: response.statusCode ?? 0, body: undefined }),
      );
    })
      .on('error', reject)
      .end(body);
  });
}
