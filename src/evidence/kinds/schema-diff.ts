import { z } from 'zod';
import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { byText, text } from './read/quantities.ts';

/** How much a change may hurt: a user that worked before fails; a user may see or do something else; none notices. */
const criticality = z.enum(['breaking', 'dangerous', 'safe']);
const change = z.strictObject({ criticality, path: text, message: text });
/** What `ig-evidence schema-diff` writes. */
const document = z.strictObject({ from: text, to: text, subject: text, changes: z.array(change) });
export type SchemaChange = z.infer<typeof change>;
export type SchemaDiff = z.infer<typeof document>;

export const schemaDiffGraphql: Kind = schemaDiff('graphql', 'GraphQL');
export const schemaDiffSql: Kind = schemaDiff('sql', 'SQL');

function schemaDiff(language: string, spoken: string): Kind {
  const name = `schema-diff-${language}`;
  return defineKind({
    name,
    title: `a difference of ${spoken} schemas`,
    reads: `what \`ig-evidence schema-diff ${language}\` wrote`,
    measures: criticality.options,
    file: `${name}.json`,
    mediaType: 'application/json',
    statement: { form: 'digest' },
    read: (input) => {
      const diff = shaped(parseJson(input), document);
      const times = (level: SchemaChange['criticality']) => diff.changes.filter((item) => item.criticality === level).length;
      const summary = { breaking: times('breaking'), dangerous: times('dangerous'), safe: times('safe') };
      return { content: { ...diff, changes: inOrder(diff.changes) }, summary };
    },
  });
}

/** The worst first, which the names of the levels have in common with their alphabet. */
export function inOrder(changes: readonly SchemaChange[]): SchemaChange[] {
  return changes.toSorted((a, b) => byText(a.criticality, b.criticality) || byText(a.path, b.path) || byText(a.message, b.message));
}
