import type { Command } from 'commander';
import { printedFailure, resolveTool, type SuiteRun, ToolError, testPolicies, testsBeside, watchFolder } from '../../workbench/index.ts';
import { interruptible } from '../interrupt.ts';
import { exitCode, print, run } from '../report.ts';
import { shown, sourceFolder } from './source.ts';

type Options = { readonly source: string; readonly watch: boolean };

/** `countersign policy test`: what a policy author runs all day. */
export function testCommand(policy: Command): void {
  policy
    .command('test')
    .description('check the policies, run their tests and the golden cases; a failure is `file:line: message`')
    .option('--source <folder>', 'the policies', 'policies')
    .option('--watch', 'again after every change, until Ctrl-C', false)
    .action((options: Options) => run(() => test(options)));
}

async function test(options: Options): Promise<void> {
  const folder = sourceFolder(options.source);
  const opa = await resolveTool('opa');
  if (options.watch) return interruptible((signal) => watchAndTest(opa, folder, signal));
  const { report, failed } = await timed(folder, () => testPolicies({ opa, folder, compiled: true }));
  print(report);
  if (failed) process.exitCode = exitCode.failed;
}

/** Ctrl-C and SIGTERM end it well: the exit code is 0, and OPA does not outlive it. */
async function watchAndTest(opa: string, folder: string, signal: AbortSignal): Promise<void> {
  const again = async (files: readonly string[]): Promise<void> => {
    if (files.length > 0) print(`${files.join(', ')} changed`);
    const suite = async () => testPolicies({ opa, folder, signal, compiled: false, first: testsBeside(folder, files) });
    const said = await timed(folder, suite).catch(faultOf);
    if (signal.aborted) return;
    print(said.report);
    if (files.length === 0) print(`watching ${shown(folder)}, Ctrl-C to end`);
  };
  await watchFolder(folder, again, signal);
}

/** What keeps one run from ending may be gone with the next change; a file that went while it was read is a change itself. */
function faultOf(error: unknown): { report: string } {
  const hasGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (!(error instanceof ToolError) && !hasGone) throw error;
  return { report: `error: ${error.message}` };
}

async function timed(folder: string, suite: () => Promise<SuiteRun>): Promise<{ report: string; failed: boolean }> {
  const from = performance.now();
  const { tests, cases, failures } = await suite();
  const took = `${Math.round(performance.now() - from)} ms`;
  const listed = failures.map((failure) => printedFailure(failure, shown(folder)));
  const ran = `${tests} tests, ${cases} golden cases`;
  const verdict = failures.length === 0 ? `pass: ${ran} (${took})` : `FAIL: ${failures.length} in ${ran} (${took})`;
  return { report: [...listed, verdict].join('\n'), failed: failures.length > 0 };
}
