import { fork, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Outcome, outcomeSchema, type Task } from './task.ts';

const MIB = 2 ** 20;

/** `npm run bench -- evidence`: building over large items beside `sha256sum` on the same files, and verifying many items. */
export async function benchEvidence(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      mebibytes: { type: 'string', default: '2048' },
      files: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-evidence-'));
  try {
    await benchBuilding(folder, Number(values.mebibytes), Number(values.files), Number(values.rounds));
    await benchVerifying(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchBuilding(folder: string, mebibytes: number, files: number, rounds: number): Promise<void> {
  process.stdout.write(
    `${files} files of ${mebibytes / files} MiB, each hashed, copied and listed; best of ${rounds} rounds, by turns\n\n`,
  );
  const inputs = await writeFiles(folder, mebibytes, files);
  const [hashing, building, memory]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    hashing.push(hashAll(inputs));
    const built = await take({ work: 'build', folder, files: inputs });
    rmSync(join(folder, 'out'), { recursive: true });
    building.push(built.seconds);
    memory.push(built.maxRssMiB);
  }
  const small = await take({ work: 'build', folder, files: [] });
  rmSync(join(folder, 'out'), { recursive: true });
  const [sum, build] = [mebibytes / Math.min(...hashing), mebibytes / Math.min(...building)];
  const ratio = build / sum;
  process.stdout.write(`sha256sum        ${sum.toFixed(0).padStart(6)} MiB/s\n`);
  process.stdout.write(
    `ig-evidence build ${build.toFixed(0).padStart(5)} MiB/s   ${ratio.toFixed(2)} of sha256sum   goal >= 0.80   ${met(ratio >= 0.8)}\n`,
  );
  process.stdout.write(
    `memory, at most   ${Math.max(...memory).toFixed(0)} MiB; ${small.maxRssMiB.toFixed(0)} MiB without these files: ${(Math.max(...memory) - small.maxRssMiB).toFixed(0)} MiB more for ${mebibytes} MiB\n`,
  );
  for (const file of inputs) rmSync(file);
}

async function benchVerifying(folder: string): Promise<void> {
  const items = 200;
  const { seconds, checks, maxRssMiB } = await take({ work: 'verify', folder, items });
  process.stdout.write(
    `\nverification of ${items} signed items: ${seconds.toFixed(2)} s, ${checks} checks, ${((1_000 * seconds) / items).toFixed(1)} ms an item, ${maxRssMiB.toFixed(0)} MiB\n`,
  );
}

function met(holds: boolean): string {
  return holds ? 'met' : 'NOT met';
}

/** Bytes that no compressor or copy-on-write file system makes less of. */
async function writeFiles(folder: string, mebibytes: number, count: number): Promise<string[]> {
  const files = Array.from({ length: count }, (_, index) => join(folder, `artifact-${index}.bin`));
  for (const file of files) await pipeline(Readable.from(noise(file, mebibytes / count)), createWriteStream(file));
  return files;
}

function* noise(seed: string, mebibytes: number): Generator<Buffer> {
  const shake = createHash('shake128', { outputLength: MIB }).update(seed).digest();
  for (let index = 0; index < mebibytes; index += 1) {
    shake.writeUInt32LE(index, 0);
    yield Buffer.from(shake);
  }
}

/** Seconds that stock `sha256sum` takes for all of them. */
function hashAll(files: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync('sha256sum', [...files], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`sha256sum ended with ${status}: ${stderr}`);
  return (performance.now() - started) / 1_000;
}

/** In a process of its own: the memory that it takes is that of the task. */
async function take(task: Task): Promise<Outcome> {
  const child = fork(fileURLToPath(new URL('task.ts', import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(task);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  child.once('message', resolve).once('exit', (code) => reject(new Error(`a task ended with ${code}`)));
  const outcome = outcomeSchema.parse(await promise);
  child.disconnect();
  return outcome;
}
