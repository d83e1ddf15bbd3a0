import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readEnv } from '../../config/index.ts';
import { messageOf, systemClock } from '../../core/index.ts';
import { createLogger, type Logger } from '../../telemetry/index.ts';
import { createWitnessKey, Memory, parseLogs, readWitnessKey, type WitnessEvent, WitnessServer } from '../../witness/index.ts';
import { CliError } from '../errors.ts';
import { print, run } from '../report.ts';

/** `countersign witness`: watches the logs of others and cosigns what only grew (docs/witnessing.md). */
export function witnessCommand(program: Command): void {
  const witness = program.command('witness').description('watch logs, and cosign checkpoints that only grew (docs/witnessing.md)');
  witness
    .command('run', { isDefault: true })
    .description('take checkpoints over HTTP until stopped')
    .requiredOption('--name <name>', 'the name of the key, like a URL without its scheme')
    .requiredOption('--key <file>', 'the Ed25519 key, PKCS#8 PEM')
    .requiredOption('--state <folder>', 'where it remembers what it cosigned; lose it and the witness must get a new name and key')
    .option('--listen <address:port>', 'where to take requests', '127.0.0.1:7380')
    .option('--log <vkey>', 'the verifier key of a log to watch; may be given again', (vkey: string, all: string[]) => [...all, vkey], [])
    .option('--log-file <file>', 'a file with verifier keys, one a line')
    .action((options: RunOptions) => run(() => serve(options)));
  witness
    .command('keygen')
    .description('make a key, and print what logs and verifiers are given')
    .requiredOption('--name <name>', 'the name of the key, like a URL without its scheme')
    .requiredOption('--key <file>', 'where to write it; never over another')
    .action((options: { name: string; key: string }) => run(async () => print(createWitnessKey(options.key, options.name).verifierKey)));
}

type RunOptions = {
  readonly name: string;
  readonly key: string;
  readonly state: string;
  readonly listen: string;
  readonly log: readonly string[];
  readonly logFile?: string;
};

async function serve(options: RunOptions): Promise<void> {
  const key = readWitnessKey(options.key, options.name);
  const logs = parseLogs([...options.log, ...keysIn(options.logFile)]);
  if (logs.size === 0) throw new CliError('cli.invalid_option', 'there is no log to watch', { remedy: 'give --log or --log-file' });
  const lines = createLogger(readEnv().logLevel);
  const server = await WitnessServer.listen({
    ...parseListen(options.listen),
    key,
    logs,
    memory: new Memory(options.state),
    clock: systemClock,
    onEvent: (event) => tell(lines, event),
    onError: (error) => lines.error({ err: error }, 'a request failed, and nothing was signed'),
  });
  print(`witness listens on ${server.url}`);
  print(`verifier key ${key.verifierKey}`);
  print(`logs ${[...logs.keys()].join(', ')}`);
  await stopSignal();
  await server.close();
}

function tell(lines: Logger, event: WitnessEvent): void {
  if (event.kind === 'cosigned') lines.info(event, 'cosigned');
  else if (event.kind === 'fork') lines.error(event, 'the log signed two histories of one size: keep this note, it is the evidence');
  else lines.warn(event, 'a signed checkpoint came without a proof that it continues the last one');
}

function keysIn(file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch (cause) {
    throw new CliError('cli.invalid_option', `cannot read \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'name a file with a verifier key a line',
    });
  }
}

function parseListen(text: string): { host: string; port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host !== undefined && Number(port) <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  throw new CliError('cli.invalid_option', `--listen is \`${text}\``, { remedy: 'give an address and a port, 127.0.0.1:7380 for one' });
}

function stopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  return promise;
}
