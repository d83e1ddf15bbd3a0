import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { notSources } from '../compile/sources.ts';
import { ToolError } from '../errors.ts';
import { attempt } from '../toolchain/run.ts';
import type { Failure } from './failure.ts';

const place = z.object({ file: z.string(), row: z.int() });

const complaints = z.object({
  errors: z.array(
    z.object({
      message: z.string(),
      code: z.string().optional(),
      location: place.optional(),
      details: z.looseObject({ line: z.string().optional(), oneOf: z.array(z.string()).optional() }).nullish(),
    }),
  ),
});

/** What `opa check` is given and `opa test` too: nothing but sources and tests. */
export const ignored: readonly string[] = notSources.flatMap((name) => ['--ignore', name]);

/** Syntax, strict mode and types, the schema of the input included when there is one. @throws ToolError `tool.failed` when OPA does not say what is wrong */
export async function checkPolicies(opa: string, folder: string, signal?: AbortSignal): Promise<Failure[]> {
  const schema = existsSync(join(folder, 'schema')) ? ['--schema', 'schema'] : [];
  const args = ['check', '--strict', '--format', 'json', ...schema, ...ignored, '--bundle', '.'];
  const { code, stdout, stderr } = await attempt(opa, args, { cwd: folder, ...(signal && { signal }) });
  return code === 0 ? [] : readComplaints(`${stdout}${stderr}`);
}

/** The errors that OPA wrote as JSON. */
export function readComplaints(text: string): Failure[] {
  const parsed = complaints.safeParse(json(text));
  if (!parsed.success) throw new ToolError('tool.failed', `OPA did not say where it failed: ${text.trim().slice(0, 2000)}`);
  const failures = parsed.data.errors.map(({ message, location, details }) => ({
    file: location?.file ?? '.',
    line: Math.max(1, location?.row ?? 1),
    message: details?.oneOf === undefined ? message : `${message}, which has ${details.oneOf.join(', ') || 'nothing'}`,
    detail: details?.line === undefined ? [] : [details.line.trim()],
  }));
  // OPA's parser often says a thing twice, the second time at greater length.
  return failures.filter((one, index) => index === failures.findIndex(({ file, line }) => file === one.file && line === one.line));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
