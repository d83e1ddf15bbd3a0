import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { limitRule, limits } from '../limits.ts';

/** Values may be nested as deep as tokens reach, deeper than the parser's stack. */
function flat<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new GraphQLError('the operation is nested too deeply to be read; ask for less at once', {
      extensions: { code: 'operation_too_large' },
    });
  }
}

/** Bounds what one operation may ask for, before anything of it runs. */
export function useLimits(): Plugin {
  return {
    onParse: ({ params, setParseFn, parseFn }) =>
      setParseFn((source) => flat(() => parseFn(source, { ...params.options, maxTokens: limits.tokens }))),
    onValidate: ({ addValidationRule }) => addValidationRule(limitRule),
  };
}
