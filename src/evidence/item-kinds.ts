import { kinds } from './kinds/index.ts';
import type { Kind } from './kinds/kind.ts';
import { predicateTypeOf } from './kinds/predicate-type.ts';
import { predicateTypes } from './names.ts';

/** A kind that a contract can ask for, as docs/evidence-format.md lists it. */
export type ItemKind = Pick<Kind, 'name' | 'title' | 'reads' | 'mediaType'> & {
  /** Null where an item keeps its own name. */
  readonly file: string | null;
  readonly predicateType: string;
  /** The names of its summary. */
  readonly summary: readonly string[];
};

const ofLedger = {
  reads: 'the ledger export: the build makes it, nobody gives it',
  mediaType: 'application/jsonl',
  statement: { form: 'digest' },
} as const;

/** What the build makes out of the ledger. */
export const ledgerLogs: readonly Omit<Kind, 'collect'>[] = [
  {
    ...ofLedger,
    name: 'decision-log',
    title: 'the decisions',
    file: 'decision-log.jsonl',
    measures: ['decisions', 'allowed', 'denied', 'steppedUp'],
  },
  {
    ...ofLedger,
    name: 'access-log',
    title: 'who looked at evidence and ledger',
    file: 'access-log.jsonl',
    measures: ['views', 'downloads', 'refused'],
  },
  {
    ...ofLedger,
    name: 'erasure-log',
    title: 'whose text was erased',
    file: 'erasure-log.jsonl',
    measures: ['requests', 'erased', 'refused'],
  },
];

/** Everything but what holds a bundle together. */
export const itemKinds: readonly ItemKind[] = [
  ...[...kinds, ...ledgerLogs].map(toItemKind),
  {
    name: 'file',
    title: 'a file',
    file: null,
    mediaType: 'application/octet-stream',
    predicateType: predicateTypes.reference,
    reads: 'anything',
    summary: ['bytes'],
  },
];

function toItemKind({ name, title, file, mediaType, reads, measures, statement }: Omit<Kind, 'collect'>): ItemKind {
  return { name, title, file, mediaType, predicateType: predicateTypeOf({ name, statement }), reads, summary: measures };
}
