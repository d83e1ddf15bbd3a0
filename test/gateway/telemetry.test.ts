import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { alert, delivery } from '../support/alerts.ts';
import { startTestGateway, webhookKey, webhookToken } from '../support/countersign.ts';
import { mutate } from '../support/walk.ts';

const flag = { key: 'search.index', enabled: true, justification: 'trying what comes through' };

describe('the log', () => {
  it('has a line for each decision, and no secret in any line', async () => {
    const gateway = await startTestGateway();
    const token = await gateway.token('sre');
    try {
      const { data } = await mutate(gateway, 'setFlag', flag, { as: 'sre' });
      const denied = await mutate(gateway, 'setFlag', flag, { as: 'viewer' });
      await gateway.deliver(delivery('log', alert()));
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      await gateway.send('/graphql', { method: 'POST', headers, body: '{"q' });
      await gateway.send('/graphql', { method: 'POST', headers: { ...headers, authorization: `Bearer ${token}x` }, body: '{}' });
      await gateway.send('/webhooks/alertmanager', { method: 'POST', headers: { authorization: `Bearer ${webhookToken}x` }, body: '{}' });

      const decided = gateway.log.filter(({ msg }) => msg === 'decided');
      expect(decided.map(({ action, result, ruleId }) => [action, result, ruleId])).toEqual([
        ['flag.set', 'ALLOW', 'flag.role_grant'],
        ['flag.set', 'DENY', 'default.no_grant'],
        ['alert.receive', 'ALLOW', 'alert.service_grant'],
      ]);
      expect(decided[0]).toEqual({
        level: 30,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        msg: 'decided',
        decisionId: data['setFlag']?.decision.decisionId,
        entryId: data['setFlag']?.receipt.entryId,
        action: 'flag.set',
        result: 'ALLOW',
        ruleId: 'flag.role_grant',
        tenant: 'alpha',
        micros: expect.any(Number),
        repeated: false,
      });
      expect(decided[1]?.['decisionId']).toBe(denied.data['setFlag']?.decision.decisionId);
      const everything = JSON.stringify(gateway.log);
      for (const secret of [token, token.split('.')[1] ?? token, webhookToken, webhookKey]) expect(everything).not.toContain(secret);
      expect(everything).not.toMatch(/eyJ[\w-]{10}|[Bb]earer [\w-]{8}|postgresql:\/\/[^"]*:[^"]*@/);
    } finally {
      await gateway.stop();
    }
  });
});

/** An OTLP collector on the loopback that keeps what it is sent. */
async function startCollector() {
  const requests: { path: string | undefined; body: Otlp }[] = [];
  const server = createServer(async (incoming, outgoing) => {
    requests.push({ path: incoming.url, body: JSON.parse(await text(incoming)) });
    outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return { url, requests, stop: () => server.close() };
}

type Otlp = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
type Span = { name: string; status: { code?: number }; attributes: { key: string; value: { stringValue?: string } }[] };

describe('traces', () => {
  it('has a span for each action with what was decided, and none without an endpoint', async () => {
    const collector = await startCollector();
    try {
      const quiet = await startTestGateway();
      await mutate(quiet, 'setFlag', flag, { as: 'sre' });
      await quiet.stop();
      expect(collector.requests).toEqual([]);

      const gateway = await startTestGateway({ otlpEndpoint: `${collector.url}/` });
      const { data } = await mutate(gateway, 'setFlag', flag, { as: 'viewer' });
      await mutate(gateway, 'setFlag', { ...flag, key: 'NOT A KEY' }, { as: 'sre' });
      await gateway.stop(); // closing sends what is left
      const spans = collector.requests.flatMap(({ body }) =>
        body.resourceSpans.flatMap((one) => one.scopeSpans.flatMap((two) => two.spans)),
      );
      expect(collector.requests.map(({ path }) => path)).toEqual(['/v1/traces']);
      expect(
        spans.map(({ name, attributes }) => ({
          name,
          ...Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue])),
        })),
      ).toEqual([
        {
          name: 'flag.set',
          'ig.decision_id': data['setFlag']?.decision.decisionId,
          'ig.rule_id': 'default.no_grant',
          'ig.result': 'DENY',
        },
      ]);
    } finally {
      collector.stop();
    }
  });
});
