import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../../core/index.ts';
import { LedgerError } from '../errors.ts';

/** The files of a log in a folder of published checkpoints: the newest one, and one for every size that was published. */
export const filesOf = (log: string, size: number) => ({ newest: `${log}/checkpoint`, history: `${log}/${size}` });

/** @throws LedgerError `ledger.publish_refused` when the folder is not this user's */
export async function assertOwned(folder: string): Promise<void> {
  await attempt(folder, () => mkdir(folder, { recursive: true }));
  const { uid } = await attempt(folder, () => stat(folder));
  if (process.getuid === undefined || uid === process.getuid()) return;
  throw new LedgerError('ledger.publish_refused', `\`${folder}\` belongs to user ${uid}, the gateway runs as ${process.getuid()}`, {
    remedy: 'publish into a folder that the gateway’s user owns, so that nobody else can rewrite what it says',
  });
}

/** The newest checkpoint of a log that is out: where `checkpoint` was taken away, the largest of its history. */
export async function newestPublished(folder: string, log: string): Promise<string | undefined> {
  const newest = await readPublished(folder, filesOf(log, 0).newest);
  if (newest !== undefined) return newest;
  const names = await attempt(folder, () => readdir(join(folder, log)).catch(none));
  const sizes = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return sizes.length === 0 ? undefined : readPublished(folder, filesOf(log, Math.max(...sizes)).history);
}

export async function readPublished(folder: string, file: string): Promise<string | undefined> {
  return attempt(folder, async () => {
    const [text] = await readFile(join(folder, file), 'utf8').then((found) => [found], none);
    return text;
  });
}

/** Of what is not there, nothing. */
function none(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}

/** Whole or not at all, and on the disk when it returns. */
export async function writePublished(folder: string, file: string, text: string): Promise<void> {
  const target = join(folder, file);
  const temporary = join(dirname(target), `.${process.pid}.tmp`);
  await attempt(folder, async () => {
    await mkdir(dirname(target), { recursive: true });
    try {
      await writeAndSync(temporary, text);
      await rename(temporary, target);
      await syncFolder(dirname(target));
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

async function writeAndSync(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function attempt<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new LedgerError('ledger.publish_failed', `cannot publish into \`${folder}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'see that the gateway’s user may write there and that there is room',
    });
  }
}
