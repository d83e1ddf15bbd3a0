import { stepUpChallenge } from '../auth/index.ts';
import type { Decision } from '../govern/index.ts';

/**
 * The `WWW-Authenticate` value for what was decided (RFC 9470); undefined when nothing steps up. A client signs in once: where decisions
 * ask for different sign-ins no header can say so, and each decision says it in its own `challenge`.
 */
export function challengeFor(decisions: readonly Decision[]): string | undefined {
  const asked = decisions.flatMap(({ challenge, explanation }) => (challenge === null ? [] : [{ ...challenge, explanation }]));
  const [first, ...others] = asked;
  if (first === undefined) return undefined;
  const same = others.every(({ acrValues, maxAge }) => acrValues === first.acrValues && maxAge === first.maxAge);
  return same ? stepUpChallenge(first, first.explanation) : undefined;
}
