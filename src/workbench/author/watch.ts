import { TreeWatcher } from './tree-watcher.ts';

/** How long the folder must be quiet before a change counts: editors write in several steps. */
const quietMilliseconds = 40;

const watched = /(\.rego|\.ya?ml|\.json)$/;

/**
 * Calls `onChange` at once with no file, then with the files that changed (relative to `folder`, with `/`); never twice at once: what
 * changes meanwhile is told by the next call. Resolves when `signal` is aborted and the call under way has ended; rejects with what `onChange` threw.
 */
export function watchFolder(folder: string, onChange: (files: readonly string[]) => Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  const call = async (files: readonly string[]): Promise<void> => {
    busy = true;
    await onChange(files);
    busy = false;
    if (signal.aborted) resolve();
    else await drain();
  };
  const drain = async (): Promise<void> => {
    if (busy || waiting.size === 0 || signal.aborted) return;
    const files = [...waiting].sort();
    waiting.clear();
    await call(files);
  };
  const watcher = new TreeWatcher(folder, (file) => {
    if (!watched.test(file) || file.startsWith('dist/')) return;
    waiting.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => drain().catch(reject), quietMilliseconds);
  });
  signal.addEventListener('abort', () => {
    if (!busy) resolve();
  });
  call([]).catch(reject);
  return promise.finally(() => {
    clearTimeout(timer);
    watcher.close();
  });
}
