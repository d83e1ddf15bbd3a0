import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { messageOf, systemClock } from '../../core/index.ts';
import { type LogSource, type Look, openSource, VerifyError, watchOnce } from '../../ledger/verify/index.ts';
import { interruptible } from '../interrupt.ts';
import { exitCode, lines, print, run } from '../report.ts';
import { keyOf, parseWhole, readText } from './read.ts';

type Options = {
  readonly key: string;
  readonly state: string;
  readonly interval: string;
  readonly once: boolean;
  readonly full: boolean;
  readonly staleAfter?: string;
  readonly token?: string;
  readonly tokenFile?: string;
};

const DAY = 86_400;

/** `countersign ledger watch`: looks at a log again and again, and ends at the first thing that is wrong. */
export function watchCommand(ledger: Command): void {
  ledger
    .command('watch')
    .description('keep the last checkpoint of a log, check that each new one continues it, and cry when one does not')
    .argument('<place>', 'the address of a served log, or a folder')
    .requiredOption('--key <vkey>', 'the verifier key (or a file with it) that was handed to you')
    .requiredOption('--state <file>', 'what is known of the log; keep it where its operator cannot write')
    .option('--interval <seconds>', 'how often to look', '60')
    .option('--once', 'look once and end', false)
    .option('--full', 'verify the new entries too, not only that the tree grew', false)
    .option('--stale-after <seconds>', 'a checkpoint that does not change for so long is wrong as well')
    .option('--token <token>', 'bearer token for an address')
    .addOption(new Option('--token-file <file>', 'the file that holds it').conflicts('token'))
    .action((place: string, options: Options) => run(() => interruptible((signal) => watch(place, options, signal))));
}

async function watch(place: string, options: Options, signal: AbortSignal): Promise<void> {
  const seconds = parseWhole('--interval', options.interval, DAY);
  while (!signal.aborted) {
    const look = await lookAt(place, options);
    if (look !== undefined) tell(look);
    if (look?.result === 'alarm' || options.once) return;
    await delay(seconds * 1_000, undefined, { signal }).catch(() => undefined);
  }
}

/** One look; undefined when the log cannot be reached, which is told, and tried again the next time. */
async function lookAt(place: string, options: Options): Promise<Look | undefined> {
  const token = options.tokenFile === undefined ? options.token : readText(options.tokenFile).trim();
  let source: LogSource | undefined;
  try {
    source = await openSource(place, { token });
    const staleAfter = options.staleAfter === undefined ? undefined : parseWhole('--stale-after', options.staleAfter, 365 * DAY);
    return await watchOnce(source, {
      key: keyOf(options.key),
      state: options.state,
      full: options.full,
      staleAfter,
      now: () => systemClock.now(),
    });
  } catch (error) {
    if (options.once || !(error instanceof VerifyError) || error.code !== 'verify.source_unreachable') throw error;
    process.stderr.write(lines([`warning: ${systemClock.now().toISOString()} ${messageOf(error)}`]).concat('\n'));
    return undefined;
  } finally {
    await source?.close();
  }
}

function tell(look: Look): void {
  const at = systemClock.now().toISOString();
  if (look.result === 'alarm') {
    process.exitCode = exitCode.failed;
    const { kind, message, evidence } = look.alarm;
    process.stderr.write(lines([`ALARM ${at} ${kind}: ${message}`, ...evidence.map((file) => `  kept ${file}`)]).concat('\n'));
    return;
  }
  const what = { first: 'first seen', same: 'unchanged', grown: `continues ${look.before}` };
  print(`${at} ${look.size} entries, ${what[look.result]}`);
}
