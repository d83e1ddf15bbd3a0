import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../context.ts';
import { challengeFor } from '../step-up.ts';

/**
 * Puts the challenge of a STEP_UP where clients of RFC 9470 look for it. The status stays what GraphQL over HTTP makes it: a decision is
 * data, and RFC 9110 §11.6.1 allows the header on any response that other credentials might change.
 */
export function useStepUp(): Plugin<object, RequestContext> {
  return {
    onResponse: ({ response, serverContext }) => {
      const challenge = challengeFor(serverContext?.decisions ?? []);
      if (challenge !== undefined) response.headers.set('WWW-Authenticate', challenge);
    },
  };
}
