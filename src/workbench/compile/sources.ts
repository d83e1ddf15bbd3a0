import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, sep } from 'node:path';
import { sha256 } from '../../core/index.ts';

/** A file that is compiled; `path` is relative to the policies' folder, with `/`. */
export type PolicySource = { readonly path: string; readonly bytes: Buffer };

/** Folders under policies/ that hold no source: what analyses are of, what was compiled, recorded cases, argued mutants, schemas of the input. */
export const notSources = ['analysis', 'dist', 'golden', 'mutation', 'schema'] as const;

/** Every policy that is compiled, in the order of its path: Rego without its tests, and data documents. */
export function readSources(folder: string): PolicySource[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    )
    .filter(isSource)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
}

function isSource(path: string): boolean {
  if (notSources.some((folder) => path.startsWith(`${folder}/`)) || path.split('/').some((part) => part.startsWith('.'))) return false;
  if (basename(path) === 'data.json' || basename(path) === 'data.yaml') return true;
  return extname(path) === '.rego' && !path.endsWith('_test.rego');
}

/** Names the sources: the first 16 hex digits of SHA-256 over each path and its bytes, both preceded by their length. */
export function revisionOf(sources: readonly PolicySource[]): string {
  const parts = sources.flatMap(({ path, bytes }) => [framed(Buffer.from(path)), framed(bytes)]);
  return sha256(...parts)
    .toString('hex')
    .slice(0, 16);
}

/** Without lengths, moving bytes from one file's end to the next path's start would not change the digest. */
function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bytes.length));
  return Buffer.concat([length, bytes]);
}

/** Copies the sources into an empty folder, so that exactly what the revision names is what OPA sees. */
export function stage(sources: readonly PolicySource[], folder: string): void {
  for (const { path, bytes } of sources) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}
