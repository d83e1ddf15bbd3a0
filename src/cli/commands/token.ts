import { existsSync, readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { acrMultiFactor, acrPassword, mintDevToken } from '../../auth/index.ts';
import { type Config, loadConfig } from '../../config/index.ts';
import { systemClock } from '../../core/index.ts';
import { devWebhookTokenFile } from '../../start/index.ts';
import { CliError } from '../errors.ts';
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
  if (options.webhook) return readDevWebhookToken(config);
  return mintDevToken({
    dataDir: config.dataDir,
    issuer: `http://127.0.0.1:${config.auth.devIssuer.port}`,
    identity: options.as,
    acr: options.mfa ? acrMultiFactor : acrPassword,
    ttlSeconds: parseTtl(options.ttl),
    clock: systemClock,
  });
}

function readDevWebhookToken(config: Config): string {
  const file = devWebhookTokenFile(config);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new CliError('cli.not_started', `there is no \`${file}\` yet`, {
    remedy: 'start the gateway once in development and without webhook sources of your own; it makes the token',
  });
}

function parseTtl(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds > 0 && seconds <= 86_400) return seconds;
  throw new CliError('cli.invalid_option', `--ttl is \`${text}\``, { remedy: 'give whole seconds, up to 86400' });
}
