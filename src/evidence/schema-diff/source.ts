import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EvidenceError } from '../errors.ts';
import { run } from '../source/run.ts';

/** The commit that a ref of the project names, all its hex digits. @throws EvidenceError `evidence.commit_unknown` */
export async function commitOf(project: string, ref: string): Promise<string> {
  try {
    return (await run('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], project)).trim();
  } catch (cause) {
    throw new EvidenceError('evidence.commit_unknown', `git does not know \`${ref}\` in \`${project}\``, {
      cause,
      remedy: 'correct the name, or fetch it: a shallow clone has no older commits and often no tags',
    });
  }
}

/** A file as a commit has it; `file` is relative to the project. @throws EvidenceError `evidence.input_unreadable` */
export async function fileAt(project: string, commit: string, file: string): Promise<string> {
  try {
    return await run('git', ['show', '--end-of-options', `${commit}:./${file}`], project);
  } catch (cause) {
    throw new EvidenceError('evidence.input_unreadable', `commit \`${commit}\` has no file \`${file}\``, {
      cause,
      remedy: 'name a file that both sides have, relative to the project',
    });
  }
}

/** Runs `work` on the project as a commit has it, in a folder that is gone afterwards. */
export async function withTreeAt<T>(project: string, commit: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ig-evidence-tree-'));
  try {
    const archive = join(folder, '.tree.tar');
    await run('git', ['archive', '--format=tar', `--output=${archive}`, commit], project);
    await run('tar', ['-xf', archive, '-C', folder], folder);
    rmSync(archive);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
