import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The `node_modules` that tests run with. */
const packages = join(import.meta.dirname, '../../../node_modules');

const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder, encoding: 'utf8' });

/** A project in git with our packages: each set of files is a commit, tagged `v1`, `v2`, …; the last set stays uncommitted. */
export function writeProject(folder: string, ...versions: readonly Readonly<Record<string, string>>[]): { commits: string[] } {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '--quiet');
  writeFileSync(join(folder, '.git/info/exclude'), 'node_modules\n');
  symlinkSync(packages, join(folder, 'node_modules'));
  const commits: string[] = [];
  for (const [index, files] of versions.entries()) {
    for (const [name, content] of Object.entries(files)) write(join(folder, name), content);
    if (index === versions.length - 1) break;
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--message', 'x');
    git(folder, 'tag', `v${index + 1}`);
    commits.push(git(folder, 'rev-parse', 'HEAD').trim());
  }
  return { commits };
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** A module as `--module` names one. */
export const migrating = (...statements: readonly string[]) => `
  import pg from 'pg';
  export async function migrate(url) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (const sql of ${JSON.stringify(statements)}) await client.query(sql);
    await client.end();
  }`;
