import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../context.ts';

/** Which decisions a response rests on and which rules determined them (design §2); a comma list when there are several. */
export function useDecisionHeaders(): Plugin<object, RequestContext> {
  return {
    onResponse: ({ response, serverContext }) => {
      const decisions = serverContext?.decisions ?? [];
      if (decisions.length === 0) return;
      response.headers.set('X-IG-Decision-Id', decisions.map((decision) => decision.decisionId).join(', '));
      response.headers.set('X-IG-Rule-Id', decisions.map((decision) => decision.ruleId).join(', '));
    },
  };
}
