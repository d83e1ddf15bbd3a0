import { execFile } from 'node:child_process';
import { existsSync, lstatSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../../../core/index.ts';
import { connectOnce } from '../../../storage/index.ts';
import { EvidenceError } from '../../errors.ts';

/** Brings an empty database to a schema; `url` is that of its owner. */
export type Load = (url: string, signal?: AbortSignal) => Promise<void>;

/** Reads the URL from stdin: a password belongs on no command line. The last line on stderr is why it failed. */
const program = `import { readFileSync } from 'node:fs';
try {
  const { migrate } = await import(process.argv[1]);
  await migrate(readFileSync(0, 'utf8'));
} catch (error) {
  process.stderr.write('\\n' + String(error?.message ?? error).split('\\n')[0]);
  process.exit(1);
}`;

type Migrations = { readonly folder: string; readonly module: string };

/** Runs a project's own migrations: the module exports `migrate(url)`. @throws EvidenceError `evidence.schema_failed` */
export async function migrateWith({ folder, module }: Migrations, url: string, signal?: AbortSignal): Promise<void> {
  const file = resolve(folder, module);
  if (!existsSync(file)) throw failed(module, 'there is no such module', undefined);
  const { promise, resolve: done, reject } = Promise.withResolvers<void>();
  const options = { cwd: folder, timeout: 120_000, ...(signal === undefined ? {} : { signal }) };
  const child = execFile(process.execPath, ['--input-type=module', '--eval', program, file], options, (error, _, stderr) =>
    error === null ? done() : reject(failed(module, stderr.split('\n').at(-1) ?? '', error)),
  );
  child.stdin?.on('error', () => undefined); // a child that did not even read says why itself
  child.stdin?.end(url);
  return promise;
}

/** A commit's tree has no packages of its own: it runs with those of the working tree. */
export function lendPackages(project: string, folder: string): void {
  const [lent, place] = [resolve(project, 'node_modules'), join(folder, 'node_modules')];
  if (existsSync(lent) && lstatSync(place, { throwIfNoEntry: false }) === undefined) symlinkSync(lent, place);
}

/** Runs SQL as it stands. `pg_dump` writes two commands of psql around it, which are left out. @throws EvidenceError `evidence.schema_failed` */
export async function runSql(file: string, sql: string, url: string): Promise<void> {
  const client = await connectOnce(url);
  try {
    await client.query(sql.replace(/^\\(un)?restrict .*$/gm, ''));
  } catch (cause) {
    throw failed(file, messageOf(cause), cause);
  } finally {
    await client.end();
  }
}

function failed(what: string, why: string, cause: unknown): EvidenceError {
  return new EvidenceError('evidence.schema_failed', `\`${what}\` does not make a schema of an empty PostgreSQL database: ${why}`, {
    cause,
    remedy:
      'name a module that exports `migrate(url)`, or SQL that runs on an empty database and needs no role or extension from elsewhere',
  });
}
