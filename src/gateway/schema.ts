import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { packageRoot } from '../config/index.ts';
import { governSchema } from './governed.ts';
import { resolvers } from './resolvers/index.ts';

/** The contract, as it stands in the repository. */
export function readTypeDefs(): string {
  return readFileSync(join(packageRoot(), 'schema.graphql'), 'utf8');
}

/** The executable schema; `actions` are those that have a command. @throws GatewayError */
export function buildSchema(actions: readonly string[], typeDefs: string = readTypeDefs()): GraphQLSchema {
  const schema = makeExecutableSchema({
    typeDefs,
    resolvers: [...resolvers],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  return governSchema(schema, actions);
}
