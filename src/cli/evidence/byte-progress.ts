import { progressOn } from '../progress.ts';

/** What takes less than a moment needs no bar. */
const WORTH_TELLING = 64 * 2 ** 20;

/** Tells on stderr how many of a bundle's bytes were read, copied or sent, in MiB. */
export function byteProgress(what: string): { readonly tell: (done: number, total: number) => void; readonly end: () => void } {
  const line = progressOn(process.stderr);
  const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
  const tell = (done: number, total: number) => {
    if (total >= WORTH_TELLING) line.tell(mebibytes(Math.min(done, total)), mebibytes(total), `MiB ${what}`);
  };
  return { tell, end: line.end };
}
