import type { Plugin } from 'graphql-yoga';
import { stepUpChallenge } from '../../auth/index.ts';
import type { Decision } from '../../govern/index.ts';
import type { RequestContext } from '../context.ts';

/**
 * Puts the challenge of a STEP_UP where clients of RFC 9470 look for it. The status stays what GraphQL over HTTP makes it: a decision is
 * data, and RFC 9110 §11.6.1 allows the header on any response whose answer other credentials would change.
 */
export function useStepUp(): Plugin<object, RequestContext> {
  return {
    onResponse: ({ response, serverContext }) => {
      const challenge = theOneChallenge(serverContext?.decisions ?? []);
      if (challenge !== undefined) response.headers.set('WWW-Authenticate', challenge);
    },
  };
}

/** A client signs in once. Where decisions ask for different sign-ins no header can say so; each payload does. */
function theOneChallenge(decisions: readonly Decision[]): string | undefined {
  const asked = decisions.flatMap(({ challenge, explanation }) => (challenge === null ? [] : [{ ...challenge, explanation }]));
  const [first, ...others] = asked;
  if (first === undefined) return undefined;
  const same = others.every(({ acrValues, maxAge }) => acrValues === first.acrValues && maxAge === first.maxAge);
  return same ? stepUpChallenge(first, first.explanation) : undefined;
}
