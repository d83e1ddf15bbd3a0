import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { digestOfJson, type Json } from '../../src/core/index.ts';
import { policyInput } from '../../src/policy/index.ts';
import { compiledDecider, firstDifference } from './differential.ts';
import { anyInput, validInput } from './input-arbitrary.ts';

/** `npm run policy:fuzz` sets more of them, and another seed if one is asked for. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 4_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 20261121);
const CHUNK = 5_000;

const corpus = join(import.meta.dirname, 'corpus');
const kept = z.strictObject({ why: z.string(), input: z.json() });
const decide = await compiledDecider();

it('what once told the compiled policy from OPA no longer does', async () => {
  const names = readdirSync(corpus).filter((name) => name.endsWith('.json'));
  const inputs = names.map((name) => kept.parse(JSON.parse(readFileSync(join(corpus, name), 'utf8'))).input);
  const found = await firstDifference(decide, inputs);
  expect(found === undefined ? undefined : names[found]).toBeUndefined();
}, 600_000);

it(`OPA on the sources and the compiled policy decide ${runs} generated inputs alike, to the last field`, async () => {
  for (let chunk = 0; chunk * CHUNK < runs; chunk += 1) {
    const inputs = fc.sample(anyInput, { numRuns: Math.min(CHUNK, runs - chunk * CHUNK), seed: seed + chunk });
    const index = await firstDifference(decide, inputs);
    if (index !== undefined) await fail(seed + chunk, index, inputs[index] ?? null);
  }
}, 1_200_000);

it('the generated inputs reach every action and every answer', () => {
  const inputs = fc.sample(validInput, { numRuns: 4_000, seed });
  expect(inputs.filter((input) => !policyInput.safeParse(input).success)).toEqual([]);
  const results = inputs.map((input) => decide(input)[0]?.['result']);
  for (const result of ['ALLOW', 'DENY', 'STEP_UP']) expect(results.filter((one) => one === result).length).toBeGreaterThan(20);
});

/** Makes the difference as small as it gets, keeps it, and says where. */
async function fail(at: number, index: number, found: Json): Promise<never> {
  const property = fc.asyncProperty(anyInput, async (input) => (await firstDifference(decide, [input])) === undefined);
  const { counterexample } = await fc.check(property, { seed: at, path: String(index), interruptAfterTimeLimit: 120_000 });
  const input = counterexample?.[0] ?? found;
  const name = `${digestOfJson(input).slice(7, 19)}.json`;
  const why = `OPA and the compiled policy disagreed, seed ${at}`;
  writeFileSync(join(corpus, name), `${JSON.stringify({ why, input }, null, 2)}\n`);
  throw new Error(`OPA and the compiled policy disagree: see test/policy/corpus/${name}`);
}
