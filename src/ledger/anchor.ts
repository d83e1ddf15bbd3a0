import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The checkpoint that this gateway signed last, kept outside of the database: who rewrites the tables, or restores them from a backup,
 * does not rewrite this. One file a log; a gateway knows only what it signed itself.
 */
export type Anchor = {
  read(log: string): string | undefined;
  keep(log: string, note: string): void;
};

export function fileAnchor(folder: string): Anchor {
  const fileOf = (log: string): string => join(folder, `${log}.checkpoint`);
  return {
    read: (log) => {
      try {
        return readFileSync(fileOf(log), 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error; // not knowing is no reason to sign
      }
    },
    keep: (log, note) => {
      mkdirSync(folder, { recursive: true });
      keepFormer(fileOf(log), note);
      const temporary = `${fileOf(log)}.${process.pid}`;
      writeFileSync(temporary, note);
      renameSync(temporary, fileOf(log));
    },
  };
}

/** The last checkpoint of an origin that the log has left is evidence: it stays under a name of its own. */
function keepFormer(file: string, note: string): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : note;
  const [origin = ''] = before.split('\n', 1);
  if (!note.startsWith(`${origin}\n`)) copyFileSync(file, `${file}.of-${encodeURIComponent(origin)}`);
}
