import { execFileSync } from 'node:child_process';

/** The newest tag v* before this commit, whose own tag is that of the release which is being made. Needs the history. */
export function tagBefore(project: string): string | undefined {
  return git(project, 'describe', '--tags', '--abbrev=0', '--match', 'v*', 'HEAD^');
}

/** What git answers; undefined where it has no answer. */
export function git(project: string, ...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
