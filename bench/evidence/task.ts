import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type BuildRequest, buildBundle } from '../../src/evidence/index.ts';
import { verifyBundle } from '../../src/evidence/verify/index.ts';
import { logKey, opaCoverage, write, writeInputs, writeSigned } from '../../test/evidence/fixture.ts';

const taskSchema = z.union([
  z.object({ work: z.literal('build'), folder: z.string(), files: z.array(z.string()) }),
  z.object({ work: z.literal('verify'), folder: z.string(), items: z.int() }),
]);
export type Task = z.infer<typeof taskSchema>;

export const outcomeSchema = z.object({ seconds: z.number(), maxRssMiB: z.number(), checks: z.int() });
export type Outcome = z.infer<typeof outcomeSchema>;

process.on('message', async (raw) => {
  const task = taskSchema.parse(raw);
  const { seconds, checks } = task.work === 'build' ? await build(task.folder, task.files) : await verify(task.folder, task.items);
  process.send?.({ seconds, checks, maxRssMiB: process.resourceUsage().maxRSS / 1_024 });
});

async function build(folder: string, files: readonly string[]) {
  const inputs = writeInputs(join(folder, 'inputs'));
  const items = [...inputs.items, ...files.map((file) => ({ kind: 'file', file, name: basename(file) }))];
  const started = performance.now();
  await buildBundle({ ...inputs, items, out: join(folder, 'out') });
  return { seconds: (performance.now() - started) / 1_000, checks: 0 };
}

/** As many items of a kind that has a statement and is read to the end. */
async function verify(folder: string, count: number) {
  const home = join(folder, 'verified');
  mkdirSync(home, { recursive: true });
  const file = write(join(home, 'one.json'), opaCoverage);
  const base = writeInputs(home);
  const more = Array.from({ length: count - base.items.length - 1 }, (_, index) => ({
    kind: 'decision-coverage',
    file,
    name: `coverage-${index}.json`,
  }));
  const change: Partial<BuildRequest> = { items: [...base.items, ...more] };
  const signed = await writeSigned(home, change);
  const ledgerKeyFile = write(join(home, 'log.vkey'), `${logKey}\n`);
  const started = performance.now();
  const { ok, checks } = await verifyBundle({ bundle: signed.folder, keyFiles: [signed.publicKeyFile], ledgerKeyFile });
  const seconds = (performance.now() - started) / 1_000;
  if (!ok) throw new Error(`it does not verify: ${JSON.stringify(checks.filter((one) => !one.ok))}`);
  return { seconds, checks: checks.length };
}
