import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';

let gateway: TestGateway;
let authorization: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  authorization = `Bearer ${await gateway.token('viewer')}`;
});
afterAll(() => gateway.stop());

/** The server suite of graphql-http, as anyone with a token would run it. */
const audits = serverAudits({
  url: () => `${gateway.url}/graphql`,
  fetchFn: (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', authorization);
    return fetch(url, { ...init, headers });
  },
});

describe('GraphQL over HTTP (the server audits of graphql-http)', () => {
  it('has as many audits as were counted', () => {
    expect(audits.length).toBe(61);
  });

  it.each(audits.map((audit) => ({ name: `${audit.id} ${audit.name}`, audit })))('$name', async ({ audit }) => {
    const result = await audit.fn();
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
  });
});
