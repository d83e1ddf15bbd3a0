import type { Command } from 'commander';
import { type MutationReport, mutatePolicies, resolveTool } from '../../workbench/index.ts';
import { CliError } from '../errors.ts';
import { interruptible } from '../interrupt.ts';
import { progressOn } from '../progress.ts';
import { exitCode, print, run } from '../report.ts';
import { sourceFolder } from './source.ts';

type Options = { readonly source: string; readonly rule?: string; readonly threshold: string; readonly json: boolean };

/** `countersign policy mutate`: breaks the policies on purpose and lists what no test notices. */
export function mutateCommand(policy: Command): void {
  policy
    .command('mutate')
    .description('break the policies in every known way, one at a time, and list what no test and no golden case notices')
    .option('--source <folder>', 'the policies', 'policies')
    .option('--rule <id>', 'only the file of this rule')
    .option('--threshold <percent>', 'the lowest score that is enough', '95')
    .option('--json', 'print the report as JSON', false)
    .action((options: Options) => run(() => interruptible((signal) => mutate(options, signal))));
}

async function mutate(options: Options, signal: AbortSignal): Promise<void> {
  const threshold = parseThreshold(options.threshold);
  const folder = sourceFolder(options.source);
  const opa = await resolveTool('opa');
  const progress = progressOn(process.stderr);
  try {
    const report = await mutatePolicies({
      folder,
      opa,
      rule: options.rule,
      signal,
      onProgress: ({ done, total, survived }) => progress.tell(done, total, `${survived} survived`),
    });
    progress.end();
    if (report.score < threshold) process.exitCode = exitCode.failed;
    print(options.json ? JSON.stringify(report, null, 2) : describe(report, threshold));
  } catch (error) {
    progress.end();
    if (!signal.aborted) throw error;
    process.exitCode = exitCode.interrupted;
  }
}

function describe({ score, killed, invalid, survivors, equivalents }: MutationReport, threshold: number): string {
  const listed = survivors.map(({ file, line, mutation }) => `${file}:${line}: ${mutation}`);
  const counts = `${killed} killed, ${survivors.length} survived, ${equivalents.length} argued equivalent, ${invalid} did not compile`;
  // Rounded down: 94.99 is not 95.
  const rounded = (Math.floor(score * 10) / 10).toFixed(1);
  return [...listed, `mutation score ${rounded} % (at least ${threshold} %): ${counts}`].join('\n');
}

function parseThreshold(text: string): number {
  const percent = Number(text);
  if (text.trim() !== '' && percent >= 0 && percent <= 100) return percent;
  throw new CliError('cli.invalid_option', `--threshold is \`${text}\``, { remedy: 'give a number from 0 to 100' });
}
