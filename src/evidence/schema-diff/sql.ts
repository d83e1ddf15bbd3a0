import { basename } from 'node:path';
import { digestOfJson } from '../../core/index.ts';
import type { SchemaDiff } from '../kinds/schema-diff.ts';
import { readInput } from '../read-input.ts';
import { commitOf, withTreeAt } from './source.ts';
import { sqlChanges } from './sql/compare.ts';
import { type DescribeAll, onServerOfOwn } from './sql/databases.ts';
import { type Load, lendPackages, migrateWith, runSql } from './sql/load.ts';

/** Migrations of a project that a module's `migrate(url)` runs, at a git ref or (`to` absent) in the working tree; or two files. */
export type SqlDiffRequest =
  | { readonly project: string; readonly module: string; readonly from: string; readonly to: string | undefined }
  | { readonly fromFile: string; readonly toFile: string };

export type SqlDiffOptions = { readonly signal?: AbortSignal; readonly describeAll?: DescribeAll };

/** A schema to be: how a database comes to it, and its name where it has one already. */
type Side = { readonly load: Load; readonly commit: string | null };

/** What changed in a PostgreSQL schema: both are made of an empty database, and their catalogs compared. @throws EvidenceError */
export async function diffSql(request: SqlDiffRequest, { signal, describeAll = onServerOfOwn }: SqlDiffOptions = {}): Promise<SchemaDiff> {
  const { subject, from, to } = await sidesOf(request);
  const [before = [], after = []] = await describeAll([from.load, to.load], signal);
  return {
    from: from.commit ?? digestOfJson(before),
    to: to.commit ?? digestOfJson(after),
    subject,
    changes: sqlChanges(before, after),
  };
}

async function sidesOf(request: SqlDiffRequest): Promise<{ subject: string; from: Side; to: Side }> {
  if ('fromFile' in request) return { subject: basename(request.toFile), from: fileSide(request.fromFile), to: fileSide(request.toFile) };
  const { project, module, from, to } = request;
  return {
    subject: module,
    from: await refSide(project, module, from),
    to:
      to === undefined
        ? { load: (url, signal) => migrateWith({ folder: project, module }, url, signal), commit: null }
        : await refSide(project, module, to),
  };
}

async function refSide(project: string, module: string, ref: string): Promise<Side> {
  const commit = await commitOf(project, ref);
  const load: Load = (url, signal) =>
    withTreeAt(project, commit, (folder) => {
      lendPackages(project, folder);
      return migrateWith({ folder, module }, url, signal);
    });
  return { load, commit };
}

function fileSide(file: string): Side {
  const sql = readInput('SQL schema', file).toString('utf8');
  return { load: (url) => runSql(file, sql, url), commit: null };
}
