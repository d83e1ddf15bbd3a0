import type { Plugin } from 'graphql-yoga';
import { limitRule, limits } from '../limits.ts';

/** Bounds what one operation may ask for, before anything of it runs. */
export function useLimits(): Plugin {
  return {
    onParse: ({ params, setParseFn, parseFn }) => setParseFn((source) => parseFn(source, { ...params.options, maxTokens: limits.tokens })),
    onValidate: ({ addValidationRule }) => addValidationRule(limitRule),
  };
}
