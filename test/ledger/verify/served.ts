import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Files } from './maker.ts';

export type Served = { readonly url: string; readonly requests: string[]; fail(times: number): void; files: Files };

/** Serves files over HTTP until the test ends, to callers with the token `let-me-in`. The files can be replaced. */
export async function serve(files: Files): Promise<Served> {
  let failures = 0;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/ledger/acme/', '');
    requests.push(path);
    if (failures > 0) {
      failures -= 1;
      request.socket.destroy();
    } else if (request.headers.authorization !== 'Bearer let-me-in') response.writeHead(401).end();
    else {
      const bytes = served.files.get(path);
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const served: Served = {
    url: `http://127.0.0.1:${port}/ledger/acme`,
    requests,
    files,
    fail: (times) => {
      failures = times;
    },
  };
  return served;
}
