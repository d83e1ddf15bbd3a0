import { z } from 'zod';
import { attempt } from '../toolchain/run.ts';
import { ignored, readComplaints } from './check.ts';
import type { Failure } from './failure.ts';

const results = z.array(
  z.object({
    location: z.object({ file: z.string(), row: z.int() }),
    package: z.string(),
    name: z.string(),
    fail: z.boolean().optional(),
    error: z.looseObject({ message: z.string() }).optional(),
  }),
);
type Result = z.infer<typeof results>[number];

/** `count` tests ran, those in `failures` did not pass. */
export type TestRun = { readonly count: number; readonly failures: readonly Failure[] };

export type TestOptions = { readonly opa: string; readonly folder: string; readonly signal?: AbortSignal | undefined };

/** `opa test`, of all tests or of those whose full name matches `only`. */
export async function runRegoTests(options: TestOptions, only?: string): Promise<TestRun> {
  const { code, stdout, stderr } = await opaTest(options, ['--format', 'json', ...chosen(only)]);
  const parsed = code === 0 || code === 2 ? results.safeParse(JSON.parse(stdout || '[]')) : undefined;
  if (parsed?.success !== true) return { count: 0, failures: readComplaints(`${stdout}${stderr}`) };
  const failed = parsed.data.filter(({ fail, error }) => fail === true || error !== undefined);
  return { count: parsed.data.length, failures: failed.length === 0 ? [] : await explained(options, failed) };
}

/** The line that failed and the values in it: OPA tells them only in its report for people, which is asked of the failed ones alone. */
async function explained(options: TestOptions, failed: readonly Result[]): Promise<Failure[]> {
  const names = failed.map(fullName).map((name) => name.replaceAll('.', '\\.'));
  const { stdout } = await opaTest(options, ['--var-values', ...chosen(`^(${names.join('|')})$`)]);
  const places = readReport(stdout);
  const failures = failed.map((result) => {
    const { file, row } = result.location;
    const place = places.get(fullName(result));
    const [head = '', ...more] = (result.error?.message ?? `\`${result.name}\` fails`).split('\n');
    return { file: place?.file ?? file, line: place?.line ?? row, message: head, detail: [...more, ...(place?.detail ?? [])] };
  });
  return failures.sort((one, other) => (one.file === other.file ? one.line - other.line : one.file < other.file ? -1 : 1));
}

type Place = { readonly file: string; readonly line: number; readonly detail: readonly string[] };

/** By the full name of a test, the place and the lines that follow `<name>: FAIL` in OPA's section of failures. */
function readReport(text: string): Map<string, Place> {
  const [, section = ''] = text.split(/^FAILURES$/m);
  const blocks = section.split(/^(?=data\.\S+: FAIL)/m);
  return new Map(
    blocks.flatMap((block) => {
      const [, name, file, line, rest = ''] =
        /^(data\.\S+): FAIL.*\n\s*\n {2}(.+):(\d+):\n([\s\S]*?)(?:^(?:SUMMARY|-{20,})$|$(?![\s\S]))/m.exec(block) ?? [];
      if (name === undefined || file === undefined) return [];
      const detail = rest.split('\n').map((row) => row.replace(/^ {4}/, '').replaceAll('\t', '  ').trimEnd());
      return [[name, { file, line: Number(line), detail: detail.filter((row) => row !== '') }] as const];
    }),
  );
}

function opaTest({ opa, folder, signal }: TestOptions, args: readonly string[]) {
  return attempt(opa, ['test', ...args, ...ignored, '--bundle', '.'], { cwd: folder, ...(signal && { signal }) });
}

const chosen = (only: string | undefined): string[] => (only === undefined ? [] : ['--run', only]);

const fullName = (result: Result): string => `${result.package}.${result.name}`;
