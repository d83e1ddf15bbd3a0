import type { Command } from 'commander';
import { type Divergence, divergencesOf } from '../../bundles/index.ts';
import { loadConfig } from '../../config/index.ts';
import { tenantId } from '../../core/index.ts';
import { attachStorage } from '../../storage/index.ts';
import { print, run, table } from '../report.ts';

/** `countersign policy shadow`: where the candidate of the configuration would have decided otherwise. */
export function shadowCommand(policy: Command): void {
  policy
    .command('shadow')
    .description('list decisions that the candidate policy would have made otherwise, newest first')
    .option('--tenant <tenant>', 'whose', 'alpha')
    .option('--first <n>', 'how many', (text) => Number.parseInt(text, 10), 50)
    .option('--json', 'print them as JSON', false)
    .action((options: Options) => run(() => list(options)));
}

type Options = { readonly tenant: string; readonly first: number; readonly json: boolean };

async function list({ tenant, first, json }: Options): Promise<void> {
  const config = loadConfig();
  const log = tenantId(tenant);
  const { databaseUrl, databaseAppUrl } = config.env;
  const storage = await attachStorage({ databaseUrl, databaseAppUrl, dataDir: config.dataDir });
  try {
    const found = await storage.database.transaction(log, (trx) => divergencesOf(trx, log, first));
    print(json ? JSON.stringify(found, null, 2) : tableOf(found));
  } finally {
    await storage.close();
  }
}

function tableOf(found: readonly Divergence[]): string {
  if (found.length === 0) return 'the candidate decided everything alike, or none is configured (`policy.candidate`)';
  const rows = found.map(({ at, decisionId, action, decided, wouldDecide }) => [
    at.toISOString(),
    decisionId,
    action,
    decided,
    wouldDecide,
  ]);
  return table([['at', 'decision', 'action', 'decided', 'candidate'], ...rows]);
}
