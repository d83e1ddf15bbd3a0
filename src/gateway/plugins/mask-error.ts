import { GraphQLError } from 'graphql';
import type { Logger } from '../../telemetry/index.ts';
import { masked, type PublicError, toPublic } from '../error-map.ts';

/** Only errors of the language itself and those in the map get out; anything else is logged here and masked. */
export function maskError(log: Logger): (error: unknown) => Error {
  return (error) => {
    const original = error instanceof GraphQLError ? error.originalError : error;
    if (error instanceof GraphQLError && (original === undefined || original === null || original instanceof GraphQLError))
      return withCode(error);
    const known = toPublic(original);
    if (known === undefined) log.error({ err: original }, 'a request failed unexpectedly');
    return publish(error, known ?? masked);
  };
}

/** Errors of the language (syntax, validation, a value of the wrong type) are the caller's to correct. */
function withCode(error: GraphQLError): GraphQLError {
  if (error.extensions['code'] !== undefined) return error;
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    extensions: { ...error.extensions, code: 'bad_request' },
  });
}

function publish(error: unknown, { code, status, message, remedy }: PublicError): GraphQLError {
  const extensions = { code, remedy, http: { status } };
  return error instanceof GraphQLError
    ? new GraphQLError(message, { nodes: error.nodes, path: error.path, extensions })
    : new GraphQLError(message, { extensions });
}
