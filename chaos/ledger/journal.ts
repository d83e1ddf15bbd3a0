import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { z } from 'zod';
import { isId, isTenantId } from '../../src/core/index.ts';

const id = z.string().refine((value) => isId('entry', value));
const log = z.string().refine(isTenantId);

/** What a client is about to ask for. From it alone the very same request can be repeated after a crash. */
const intentSchema = z.strictObject({
  kind: z.literal('intent'),
  id,
  log,
  ts: z.string(),
  way: z.enum(['business', 'record']),
  bytes: z.int(),
});
/** What it was told. The line is on disk before the client counts it as told. */
const placedSchema = z.strictObject({ kind: z.literal('placed'), id, log, seq: z.int(), leafHash: z.string() });
const pendingSchema = z.strictObject({ kind: z.literal('pending'), id, log });
/** What the client saw that must never be, in its own words. */
const violationSchema = z.strictObject({ kind: z.literal('violation'), log, message: z.string() });
/** What failed and was tried again; told at the end. */
const failureSchema = z.strictObject({ kind: z.literal('failure'), message: z.string() });

const lineSchema = z.discriminatedUnion('kind', [intentSchema, placedSchema, pendingSchema, violationSchema, failureSchema]);
export type Line = z.infer<typeof lineSchema>;
export type Intent = z.infer<typeof intentSchema>;

const NEWLINE = 0x0a;

/** A client's memory: a file of lines that outlives it. Lines written while a sync is under way share the next one. */
export class Journal {
  readonly #file: FileHandle;
  #waiting: string[] = [];
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens it for writing behind what a predecessor left; half a line, cut off by a kill, was never told to anybody. */
  static async open(path: string): Promise<{ journal: Journal; lines: Line[] }> {
    const { lines, end } = await readLines(path, 0);
    const file = await open(path, 'a');
    await truncate(path, end);
    return { journal: new Journal(file), lines };
  }

  /** Returns when the lines are on disk. */
  write(...lines: readonly Line[]): Promise<void> {
    this.#waiting.push(...lines.map((line) => `${JSON.stringify(line)}\n`));
    this.#next ??= this.#running.then(() => this.#flush());
    return this.#next;
  }

  async close(): Promise<void> {
    await this.#next;
    await this.#file.close();
  }

  #flush(): Promise<void> {
    this.#next = undefined;
    const text = this.#waiting.splice(0).join('');
    this.#running = this.#file.appendFile(text).then(() => this.#file.datasync());
    return this.#running;
  }
}

/** The whole lines of a journal from a byte on, and where they end. */
export async function readLines(path: string, from: number): Promise<{ lines: Line[]; end: number }> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0)); // none yet
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  const text = bytes.subarray(from, end).toString('utf8');
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineSchema.parse(JSON.parse(line)));
  return { lines, end };
}
