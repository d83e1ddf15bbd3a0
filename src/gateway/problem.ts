import { AuthError } from '../auth/index.ts';
import type { Decision } from '../govern/index.ts';
import type { Logger } from '../telemetry/index.ts';
import { masked, toPublic } from './error-map.ts';
import { json } from './http.ts';
import { challengeFor } from './step-up.ts';

const mediaType = { 'content-type': 'application/problem+json; charset=utf-8' };

type Said = { readonly status: number; readonly code: string; readonly title: string; readonly [more: string]: unknown };

/** RFC 9457 problem details. */
export function problem(said: Said, headers: Record<string, string> = {}): Response {
  return json(said.status, { type: 'about:blank', ...said }, { ...mediaType, ...headers });
}

/** Any error as RFC 9457 problem details; what is not in the map is logged and masked. */
export function problemOf(error: unknown, log: Logger): Response {
  const known = toPublic(error);
  if (known === undefined) log.error({ err: error }, 'a request failed unexpectedly');
  const { code, status, message, remedy } = known ?? masked;
  return problem({ title: message, status, code, remedy }, headersFor(error, status));
}

function headersFor(error: unknown, status: number): Record<string, string> {
  if (error instanceof AuthError && status !== 503) return { 'www-authenticate': error.challenge };
  if (status === 401) return { 'www-authenticate': 'Bearer realm="countersign"' };
  return status === 503 ? { 'retry-after': '1' } : {};
}

/** A denial over REST: 403 with the decision; a step-up is 401 with the challenge of RFC 9470. */
export function denied(decision: Decision): Response {
  const { decisionId, ruleId, explanation, rules, challenge } = decision;
  const authenticate = challengeFor([decision]);
  const headers = {
    'x-ig-decision-id': decisionId,
    'x-ig-rule-id': ruleId,
    ...(authenticate !== undefined && { 'www-authenticate': authenticate }),
  };
  const status = authenticate === undefined ? 403 : 401;
  return problem({ title: explanation, status, code: 'policy.denied', decisionId, ruleId, rules, challenge }, headers);
}
