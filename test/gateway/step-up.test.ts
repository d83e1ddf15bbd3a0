import { expect, test } from 'vitest';
// No route of today takes people's actions over REST, so what one would answer is asked of the function itself.
import { denied } from '../../src/gateway/problem.ts';
import { challengeFor } from '../../src/gateway/step-up.ts';
import { aDecision, secondFactor } from '../support/decisions.ts';

const header =
  'Bearer realm="countersign", error="insufficient_user_authentication", ' +
  'error_description="executing on a P1 needs a second factor within the last 900 s", ' +
  'acr_values="urn:countersign:acr:mfa", max_age="900"';

const allowed = aDecision({ result: 'ALLOW', challenge: null });
const refused = aDecision({ result: 'DENY', challenge: null });
const asking = (challenge: Partial<typeof secondFactor>) => aDecision({ challenge: { ...secondFactor, ...challenge } });

test.each([
  ['nothing', [], undefined],
  ['a permission', [allowed], undefined],
  ['a denial', [refused, refused], undefined],
  ['a step-up', [asking({})], header],
  ['step-ups that ask for the same', [asking({}), refused, asking({})], header],
  ['step-ups that ask for another age', [asking({}), asking({ maxAge: 300 })], undefined],
  ['step-ups that ask for another level', [asking({}), asking({ acrValues: 'urn:other' })], undefined],
])('the challenge for %s', (_name, decisions, expected) => {
  expect(challengeFor(decisions)).toBe(expected);
});

test('what a policy writes cannot leave its place in the header', () => {
  const hostile = aDecision({ explanation: 'é" x="\r\nSet-Cookie: a=b', challenge: { acrValues: 'a" b\n', maxAge: 1 } });
  expect(challengeFor([hostile])).toBe(
    'Bearer realm="countersign", error="insufficient_user_authentication", ' +
      'error_description="?? x=???Set-Cookie: a=b", acr_values="a? b?", max_age="1"',
  );
});

test('over REST a step-up is 401 with the challenge in header and body', async () => {
  const decision = asking({});
  const response = denied(decision);
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, header]);
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(response.headers.get('x-ig-rule-id')).toBe('orchestration.step_up');
  expect(await response.json()).toEqual({
    type: 'about:blank',
    title: 'executing on a P1 needs a second factor within the last 900 s',
    status: 401,
    code: 'policy.denied',
    decisionId: decision.decisionId,
    ruleId: 'orchestration.step_up',
    rules: [],
    challenge: secondFactor,
  });
});

test('over REST a denial is 403 without a challenge', async () => {
  const response = denied(refused);
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([403, null]);
  expect(await response.json()).toMatchObject({ status: 403, challenge: null });
});
