import { constants, type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/index.ts';
import { EvidenceVerifyError } from './errors.ts';
import { fail } from './report.ts';

/** A bundle's files, each read once: every check sees the same bytes. */
export type Files = {
  readonly contents: ReadonlyMap<string, Buffer>;
  /** What is there and is not a plain file with a plain name, with the reason. */
  readonly refused: readonly string[];
};

/** No separator, no leading dot, nothing that a shell or another file system reads differently. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export function isPlainName(name: string): boolean {
  return plainName.test(name);
}

/** @throws EvidenceVerifyError `evidence.verify.folder_unreadable` */
export function readFiles(folder: string): Files {
  const contents = new Map<string, Buffer>();
  const refused: string[] = [];
  for (const entry of list(folder)) {
    const problem = read(folder, entry, contents);
    if (problem !== undefined) refused.push(problem);
  }
  return { contents, refused };
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw new EvidenceVerifyError('evidence.verify.folder_unreadable', `cannot read the folder \`${folder}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'name the folder that holds manifest.json',
    });
  }
}

function read(folder: string, entry: Dirent, contents: Map<string, Buffer>): string | undefined {
  if (!isPlainName(entry.name)) return `${JSON.stringify(entry.name)} is not a plain name`;
  if (entry.isSymbolicLink()) return `\`${entry.name}\` is a symbolic link`;
  if (!entry.isFile()) return `\`${entry.name}\` is not a regular file`;
  try {
    contents.set(entry.name, readFileSync(join(folder, entry.name), { flag: constants.O_RDONLY | constants.O_NOFOLLOW }));
    return undefined;
  } catch (error) {
    return `\`${entry.name}\` cannot be read: ${messageOf(error)}`;
  }
}

export function contentOf(files: Files, name: string): Buffer {
  return files.contents.get(name) ?? fail(`there is no file \`${name}\``);
}
