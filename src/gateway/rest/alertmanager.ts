import type { Outcome } from '../../govern/index.ts';
import { receiveDelivery } from '../../incidents/index.ts';
import type { GatewayParts } from '../context.ts';
import { GatewayError } from '../errors.ts';
import { json, parseJsonBody, type Route } from '../http.ts';
import { denied, problem } from '../problem.ts';
import { sourceOf, type WebhookCredential } from './webhook-source.ts';

/**
 * `POST /webhooks/alertmanager`: one delivery of Alertmanager's webhook version 4. 200 only when every alert in it is
 * committed; 503 makes Alertmanager deliver again (it does not after 429), 4xx tells it not to.
 */
export function alertmanager(parts: GatewayParts, credentials: readonly WebhookCredential[]): Route {
  return {
    path: '/webhooks/alertmanager',
    methods: ['POST'],
    handle: async (request) => {
      const source = await sourceOf(credentials, request);
      if (source === undefined) throw unauthorized();
      const body = await request.body();
      const outcomes = await receiveDelivery(parts.kernel, source.tenant, source.name, parseJsonBody(body));
      const refused = outcomes.find(({ decision }) => decision.result !== 'ALLOW');
      if (refused !== undefined) return refusal(refused);
      return json(200, {
        received: outcomes.length,
        outcomes: outcomes.map(({ decision, result }) => ({ decisionId: decision.decisionId, ...result })),
      });
    },
  };
}

/** A fault of the policy engine passes, so the delivery may come again; a denial stands. */
function refusal({ decision }: Outcome): Response {
  if (decision.ruleId !== 'engine.fault') return denied(decision);
  const { decisionId, ruleId, explanation } = decision;
  return problem({ status: 503, code: ruleId, title: explanation, decisionId }, { 'retry-after': '5' });
}

function unauthorized(): GatewayError {
  return new GatewayError('gateway.webhook_unauthorized', 'no configured webhook source has this token or signature', {
    remedy: 'configure the source under `webhooks.alertmanager` and send its bearer token, or sign the body with its key',
  });
}
