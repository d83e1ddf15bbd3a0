import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isJsonObject } from '../../core/index.ts';
import { ToolError } from '../errors.ts';
import { run } from '../toolchain/run.ts';
import type { PolicySource } from './sources.ts';

const term = z.object({ type: z.string(), value: z.unknown() });

const module = z.object({
  package: z.object({ path: z.array(term) }),
  imports: z.array(z.object({ path: z.object({ value: z.array(term) }), alias: z.string().optional() })).default([]),
  rules: z
    .array(z.looseObject({ body: z.unknown(), head: z.looseObject({ name: z.string().optional(), ref: z.array(term).optional() }) }))
    .default([]),
});

/** One Rego file as OPA parses it; rules keep the shape of OPA's syntax tree. */
export type Module = z.infer<typeof module>;
export type Term = z.infer<typeof term>;

const evaluated = z.object({
  result: z.tuple([z.object({ expressions: z.tuple([z.object({ value: z.record(z.string(), module) })]) })]),
});

/** Parses every Rego source, in one run of OPA: its own parser, called as the builtin `rego.parse_module`. */
export async function parseModules(opa: string, sources: readonly PolicySource[], work: string): Promise<ReadonlyMap<string, Module>> {
  const texts = sources.filter(({ path }) => path.endsWith('.rego')).map(({ path, bytes }) => [path, bytes.toString('utf8')]);
  const input = join(work, 'modules.json');
  writeFileSync(input, JSON.stringify(Object.fromEntries(texts)));
  const query = '{file: tree | some file, text in input; tree := rego.parse_module(file, text)}';
  const { stdout } = await run(opa, ['eval', '--format', 'json', '--strict-builtin-errors', '--input', input, query]);
  const parsed = evaluated.safeParse(JSON.parse(stdout));
  if (parsed.success) return new Map(Object.entries(parsed.data.result[0].expressions[0].value));
  throw new ToolError('policy.malformed', `OPA's syntax tree is not of the expected shape: ${z.prettifyError(parsed.error)}`);
}

/** Every reference in a part of a syntax tree, as its terms: `input.facts.approvals[_].actor` is five. A bare variable is one. */
export function references(part: unknown): Term[][] {
  if (Array.isArray(part)) return part.flatMap(references);
  if (!isJsonObject(part)) return [];
  if (part['type'] === 'var') return [[term.parse(part)]];
  if (part['type'] !== 'ref') return Object.values(part).flatMap(references);
  const [head, ...rest] = z.array(term).parse(part['value']);
  if (head === undefined) return [];
  return [[head, ...rest], ...references(rest), ...(head.type === 'var' ? [] : references(head))];
}
