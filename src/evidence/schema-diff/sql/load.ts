import { execFile } from 'node:child_process';
import { existsSync, lstatSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../../../core/index.ts';
import { connectOnce } from '../../../storage/index.ts';
import { EvidenceError } from '../../errors.ts';

/** Brings an empty database to a schema; `url` is that of its owner. */
export type Load = (url: string) => Promise<void>;

/** Reads the URL from stdin: a password belongs on no command line. */
const program = `import { readFileSync } from 'node:fs';
const { migrate } = await import(process.argv[1]);
await migrate(readFileSync(0, 'utf8'));`;

/** Runs a project's own migrations: the module exports `migrate(url)`. @throws EvidenceError `evidence.schema_failed` */
export async function migrateWith(folder: string, module: string, url: string): Promise<void> {
  const file = resolve(folder, module);
  if (!existsSync(file)) throw failed(module, 'there is no such module', undefined);
  const { promise, resolve: done, reject } = Promise.withResolvers<void>();
  const child = execFile(
    process.execPath,
    ['--input-type=module', '--eval', program, file],
    { cwd: folder, timeout: 120_000 },
    (error, _, stderr) => (error === null ? done() : reject(failed(module, lastWords(stderr, error), error))),
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

function lastWords(stderr: string, error: Error): string {
  return stderr.split('\n').find((line) => /^\w*Error/.test(line)) ?? error.message.split('\n')[0] ?? '';
}

function failed(what: string, why: string, cause: unknown): EvidenceError {
  return new EvidenceError('evidence.schema_failed', `\`${what}\` does not make a schema of an empty PostgreSQL database: ${why}`, {
    cause,
    remedy:
      'name a module that exports `migrate(url)`, or SQL that runs on an empty database and needs no role or extension from elsewhere',
  });
}
