import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { type DecisionEvent, decisionEvents, type LeftOut } from '../../workbench/index.ts';
import { exitCode, run } from '../report.ts';
import { packageVersion } from '../version.ts';
import { parseMoment, type RecordsOptions, withRecords, withRecordsOptions } from './records.ts';

type DecisionsOptions = RecordsOptions & { readonly since?: string; readonly until?: string };

/** `countersign policy decisions`: the ledger as OPA's decision log. */
export function decisionsCommand(policy: Command): void {
  const command = policy
    .command('decisions')
    .description("print recorded decisions in OPA's decision-log format, one JSON event a line; exit code 1 when an entry cannot be read")
    .option('--since <moment>', 'only decisions from then on: RFC 3339 or a date')
    .option('--until <moment>', 'only decisions from before then');
  withRecordsOptions(command).action((options: DecisionsOptions) => run(() => printDecisions(options)));
}

async function printDecisions(options: DecisionsOptions): Promise<void> {
  const since = parseMoment('--since', options.since);
  const until = parseMoment('--until', options.until);
  const leftOut: LeftOut = { notDecisions: 0, outside: 0, malformed: 0, missing: 0 };
  await withRecords(options, (records) => write(decisionEvents({ records, version: packageVersion(), since, until }, leftOut)));
  if (leftOut.malformed === 0 && leftOut.missing === 0) return;
  process.exitCode = exitCode.failed;
  process.stderr.write(
    `not in the events: ${leftOut.malformed} entries that cannot be read, ${leftOut.missing} that are missing\n  → verify the log with \`countersign ledger verify\`\n`,
  );
}

/** Waits for a slow reader; one that has read enough (`| head`) ends it without complaint. */
async function write(events: AsyncIterable<DecisionEvent>): Promise<void> {
  try {
    await pipeline(Readable.from(lines(events)), process.stdout, { end: false });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}

async function* lines(events: AsyncIterable<DecisionEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
}
