import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { acrMultiFactor, acrPassword, mintDevToken } from '../../auth/index.ts';
import { loadConfig } from '../../config/index.ts';
import { systemClock } from '../../core/index.ts';
import { devWebhookTokenFile } from '../../start/index.ts';
import { print, run } from '../report.ts';

type Options = { as: string; mfa: boolean; webhook: boolean; ttl: string };

/** `countersign token`: a token of the dev issuer for curl. Development only: production has no dev key. */
export function tokenCommand(program: Command): void {
  program
    .command('token')
    .description('print a token of the dev issuer, for curl (development only)')
    .option('--as <identity>', 'who to be: a role, or role@tenant', 'responder')
    .option('--mfa', 'as if signed in with a second factor just now', false)
    .option('--webhook', 'print the token of the dev webhook source instead', false)
    .addOption(new Option('--ttl <seconds>', 'how long it is valid').default('3600'))
    .action((options: Options) => run(async () => print(await tokenFor(options))));
}

async function tokenFor(options: Options): Promise<string> {
  const config = loadConfig();
  if (options.webhook) return readFileSync(devWebhookTokenFile(config), 'utf8').trim();
  return mintDevToken({
    dataDir: config.dataDir,
    issuer: `http://127.0.0.1:${config.auth.devIssuer.port}`,
    identity: options.as,
    acr: options.mfa ? acrMultiFactor : acrPassword,
    ttlSeconds: Number(options.ttl),
    clock: systemClock,
  });
}
