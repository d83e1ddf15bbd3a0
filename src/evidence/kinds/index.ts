import type { Kind } from './kind.ts';

/** The kinds that are read from files, in the order of docs/evidence-format.md. */
export const kinds: readonly Kind[] = [];
