import { EvidenceError } from './errors.ts';
import { itemKinds, ledgerLogs } from './item-kinds.ts';
import { kinds } from './kinds/index.ts';
import type { Collected, Kind, StatementForm } from './kinds/kind.ts';
import { predicateTypeOf } from './kinds/predicate-type.ts';
import { names, predicateTypes } from './names.ts';

/** How a kind of artifact looks in a bundle, whoever makes it. */
export type Form = {
  readonly kind: string;
  readonly file: string;
  readonly mediaType: string;
  readonly statement: StatementForm | { readonly form: 'reference' | 'verdict' } | null;
};

const JSON_TYPE = 'application/json';

/** What the builder makes itself, out of the ledger and out of everything else. */
const own: readonly Form[] = [
  ...ledgerLogs.map(ofKind),
  { kind: 'contract', file: names.contract, mediaType: JSON_TYPE, statement: null },
  { kind: 'verdict', file: names.verdict, mediaType: JSON_TYPE, statement: { form: 'verdict' } },
  { kind: 'ledger-checkpoint', file: names.checkpoint, mediaType: 'text/plain; charset=utf-8', statement: null },
  { kind: 'ledger-proofs', file: names.proofs, mediaType: JSON_TYPE, statement: null },
  { kind: 'policy-manifest', file: names.policyManifest, mediaType: JSON_TYPE, statement: null },
  {
    kind: 'trust-root',
    file: names.emptyRoot,
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    statement: null,
  },
  { kind: 'guide', file: names.guide, mediaType: 'text/markdown; charset=utf-8', statement: null },
  { kind: 'page', file: names.page, mediaType: 'text/html; charset=utf-8', statement: null },
];

/** Anything, by reference. Its name is its own. */
export const fileForm: Form = { kind: 'file', file: '', mediaType: 'application/octet-stream', statement: { form: 'reference' } };

const forms = new Map<string, Form>([...kinds.map(ofKind), ...own, fileForm].map((form) => [form.kind, form]));

const taken: ReadonlySet<string> = new Set([...own.map(({ file }) => file), names.manifest]);

/** Whether a name is taken before anybody gives an item: by a file of every bundle, or because its statement would be a signature. */
export function isReserved(name: string): boolean {
  return taken.has(name) || /^manifest(\.att|\.[2-9])?$/.test(name);
}

function ofKind({ name, file, mediaType, statement }: Omit<Kind, 'collect'>): Form {
  return { kind: name, file, mediaType, statement };
}

/** @throws EvidenceError `evidence.kind_unknown` */
export function formOf(kind: string): Form {
  const form = forms.get(kind);
  if (form !== undefined) return form;
  throw new EvidenceError('evidence.kind_unknown', `there is no kind of evidence \`${kind}\``, {
    remedy: 'see `ig-evidence kinds`; a file of no known kind is a `file`',
  });
}

/** Kinds that a contract can ask for: everything that is not made to hold the bundle together. */
export function isItemKind(kind: string): boolean {
  return itemKinds.some(({ name }) => name === kind);
}

/** The type of the statement about an artifact; undefined where there is none. */
export function statementTypeOf({ kind, statement }: Form): string | undefined {
  if (statement === null) return undefined;
  switch (statement.form) {
    case 'reference':
      return predicateTypes.reference;
    case 'verdict':
      return predicateTypes.verdict;
    default:
      return predicateTypeOf({ name: kind, statement });
  }
}

/** `PASSED` or `FAILED`, for kinds of test results. */
export function resultOf({ statement }: Form, item: Pick<Collected, 'bytes' | 'summary'>): 'PASSED' | 'FAILED' | undefined {
  if (statement?.form !== 'test-result') return undefined;
  return statement.passed(item) ? 'PASSED' : 'FAILED';
}
