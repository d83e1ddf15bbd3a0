import type { GraphQLSchema } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { GatewayContext, GatewayParts, RequestContext } from './context.ts';
import { type DevTokens, graphiqlOptions } from './plugins/graphiql.ts';
import { maskError } from './plugins/mask-error.ts';
import { useDecisionHeaders } from './plugins/use-decision-headers.ts';
import { useLimits } from './plugins/use-limits.ts';
import { useStepUp } from './plugins/use-step-up.ts';
import { TextReader } from './text-reader.ts';

export type Yoga = YogaServerInstance<RequestContext, GatewayContext>;

export function buildYoga(schema: GraphQLSchema, parts: GatewayParts, devTokens: DevTokens | undefined): Yoga {
  const { corsOrigins } = parts.config.server;
  return createYoga<RequestContext, GatewayContext>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    batching: false,
    logging: false,
    multipart: false,
    // Closed unless an origin is configured. No cookie authenticates here, and bodies must be JSON, so a form cannot forge a call.
    cors: corsOrigins.length === 0 ? false : { origin: [...corsOrigins], credentials: false, methods: ['POST'], maxAge: 600 },
    ...graphiqlOptions(devTokens),
    maskedErrors: { maskError: maskError(parts.telemetry.log) },
    context: ({ identity, decisions }) => {
      if (identity === null) throw new Error('an operation reached GraphQL without an identity');
      return { parts, identity, decisions, texts: new TextReader(parts, identity.actor.tenant) };
    },
    // In order: what may be asked, then what the answer carries.
    plugins: [useLimits(), useDecisionHeaders(), useStepUp()],
  });
}
