import { GraphQLError } from 'graphql';
import type { Logger } from '../../telemetry/index.ts';
import { masked, type PublicError, toPublic } from '../error-map.ts';

/** Only errors of the language itself and those in the map get out; anything else is logged here and masked. */
export function maskError(log: Logger): (error: unknown) => Error {
  return (error) => {
    const original = error instanceof GraphQLError ? error.originalError : error;
    if (error instanceof GraphQLError && (original === undefined || original === null || original instanceof GraphQLError))
      return withRemedy(error);
    const known = toPublic(original);
    if (known === undefined) log.error({ err: original }, 'a request failed unexpectedly');
    return publish(error, known ?? masked);
  };
}

/** What to do about an error of the language; codes are those that GraphQL clients know. */
const remedies: ReadonlyMap<unknown, string> = new Map([
  ['BAD_REQUEST', 'correct the request or its variables; the schema says what each field takes'],
  ['GRAPHQL_PARSE_FAILED', 'correct the operation at the named place'],
  ['OPERATION_RESOLUTION_FAILURE', 'send `operationName`, one of those in the document'],
]);

/** Errors of the language (syntax, validation, a value of the wrong type) are the caller's to correct. */
function withRemedy(error: GraphQLError): GraphQLError {
  const { code = 'BAD_REQUEST' } = error.extensions;
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    extensions: { ...error.extensions, code, remedy: error.extensions['remedy'] ?? remedies.get(code) },
  });
}

function publish(error: unknown, { code, status, message, remedy }: PublicError): GraphQLError {
  const extensions = { code, remedy, http: { status } };
  return error instanceof GraphQLError
    ? new GraphQLError(message, { nodes: error.nodes, path: error.path, extensions })
    : new GraphQLError(message, { extensions });
}
