import type { WriteStream } from 'node:tty';

/** Tells how far a long command is. `end` leaves the cursor on a line of its own. */
export type ProgressLine = { readonly tell: (done: number, total: number, note: string) => void; readonly end: () => void };

const width = 30;

/** A bar that is drawn anew on a terminal; elsewhere a line for each tenth, so that a log stays short. */
export function progressOn(stream: WriteStream): ProgressLine {
  return stream.isTTY ? bar(stream) : lines(stream);
}

function bar(stream: WriteStream): ProgressLine {
  let drawn = false;
  return {
    tell: (done, total, note) => {
      drawn = true;
      const full = Math.round((width * done) / total);
      stream.write(`\r[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${done}/${total}, ${note}\u001b[K`);
    },
    end: () => {
      if (drawn) stream.write('\n');
    },
  };
}

function lines(stream: WriteStream): ProgressLine {
  let told = 0;
  return {
    tell: (done, total, note) => {
      const tenth = Math.floor((10 * done) / total);
      if (tenth === told) return;
      told = tenth;
      stream.write(`${done}/${total}, ${note}\n`);
    },
    end: () => {},
  };
}
