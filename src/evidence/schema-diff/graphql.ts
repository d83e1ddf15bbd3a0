import { join } from 'node:path';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { digestOf, messageOf } from '../../core/index.ts';
import { EvidenceError } from '../errors.ts';
import { inOrder, type SchemaChange, type SchemaDiff } from '../kinds/schema-diff.ts';
import { readInput } from '../read-input.ts';
import { commitOf, fileAt } from './source.ts';

export type GraphqlDiffRequest = {
  readonly project: string;
  /** A git ref. */
  readonly from: string;
  /** A git ref; without one the working tree. */
  readonly to: string | undefined;
  /** The schema in SDL, relative to the project. */
  readonly file: string;
};

/** What changed in a GraphQL schema from one commit to another. @throws EvidenceError */
export async function diffGraphql({ project, from, to, file }: GraphqlDiffRequest): Promise<SchemaDiff> {
  const [before, after] = [await sdlAt(project, from, file), await sdlAt(project, to, file)];
  return { from: before.name, to: after.name, subject: file, changes: await graphqlChanges(before, after) };
}

export type Sdl = { readonly name: string; readonly text: string };

async function sdlAt(project: string, ref: string | undefined, file: string): Promise<Sdl> {
  if (ref === undefined) {
    const bytes = readInput('GraphQL schema', join(project, file));
    return { name: digestOf(bytes), text: bytes.toString('utf8') };
  }
  const commit = await commitOf(project, ref);
  return { name: commit, text: await fileAt(project, commit, file) };
}

const levels: Record<CriticalityLevel, SchemaChange['criticality']> = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe',
};

/** What GraphQL Inspector says of each change, with its own words. @throws EvidenceError `evidence.item_malformed` */
export async function graphqlChanges(before: Sdl, after: Sdl): Promise<SchemaChange[]> {
  const changes = await diff(parse(before), parse(after));
  return inOrder(
    changes.map(({ criticality, path, message }) => ({ criticality: levels[criticality.level], path: path ?? 'schema', message })),
  );
}

/** Directives that are declared elsewhere are no fault of a schema that is only compared. */
function parse({ name, text }: Sdl): GraphQLSchema {
  try {
    return buildSchema(text, { assumeValidSDL: true });
  } catch (cause) {
    throw new EvidenceError('evidence.item_malformed', `the GraphQL schema of \`${name}\` is none: ${messageOf(cause)}`, {
      cause,
      remedy: 'compare commits whose schema is valid SDL in one file',
    });
  }
}
