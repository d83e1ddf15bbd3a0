import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Gateway, gatewayFolder, startGateway } from './dry/gateway.ts';
import { releaseDry } from './dry/release.ts';
import { verdictOf } from './dry/verdict.ts';
import { required, StepError, say, step } from './step.ts';

const usage = `npm run release:dry -- [--out DIR] [--keep] [--junit FILE --coverage FILE] [--from REF]

Makes this project's release without releasing it: collects its evidence, has a gateway of its own govern and register it, builds the
bundle, signs it with a new key, verifies it with both cosigns and with ours, and has the gateway promote it. All of it is in DIR, or in a
temporary folder that is removed at the end unless --keep is given. A contract that is not met is told, and no failure of the run.

A few tests are run, and the contract for rehearsals is applied. With the reports of a whole run (--junit, --coverage) it is that of a
standard release. The schemas are compared with REF: the newest tag v* before this commit or, without one, the commit before.`;

type Flags = {
  out?: string | undefined;
  keep: boolean;
  junit?: string | undefined;
  coverage?: string | undefined;
  from?: string | undefined;
};

async function main(flags: Flags): Promise<void> {
  const reports = flags.junit === undefined && flags.coverage === undefined ? undefined : bothReports(flags);
  const started = performance.now();
  const out = flags.out === undefined ? mkdtempSync(join(tmpdir(), 'countersign-release-')) : assertNew(resolve(flags.out));
  const keep = flags.keep || flags.out !== undefined;
  const { folder, cleanUp, startedAs } = guarded(keep ? undefined : out);
  try {
    await releaseDry({
      out,
      reports,
      from: flags.from,
      startGateway: async (request) => startedAs(await startGateway({ dataDir: folder, ...request })),
    });
    say(`\n${verdictOf(join(out, 'bundle'))}`);
    say(keep ? whereEverythingIs(out) : 'Everything has been removed again; --out DIR keeps it.');
    say(`Took ${((performance.now() - started) / 1000).toFixed(1)} s. Everything above ran for real, on a temporary database.`);
  } finally {
    await cleanUp();
  }
}

/** Whatever ends the run, its gateway is stopped and what is temporary is removed. */
function guarded(temporary: string | undefined) {
  const folder = gatewayFolder();
  let gateway: Gateway | undefined;
  const cleanUp = async (): Promise<void> => {
    for (const signal of signals) process.off(signal, interrupt);
    await gateway?.stop();
    for (const path of [folder, temporary]) if (path !== undefined) rmSync(path, { recursive: true, force: true });
  };
  const interrupt = (): void => void cleanUp().finally(() => process.exit(130));
  for (const signal of signals) process.once(signal, interrupt);
  return { folder, cleanUp, startedAs: (started: Gateway): Gateway => (gateway = started) };
}

const signals = ['SIGINT', 'SIGTERM'] as const;

function assertNew(out: string): string {
  if (!existsSync(out) || readdirSync(out).length === 0) return out;
  throw new StepError('step.usage', `\`${out}\` is not empty`, { remedy: 'give --out a new folder' });
}

function bothReports({ junit, coverage }: Flags) {
  return { junit: required('--junit (given with --coverage)', junit), coverage: required('--coverage (given with --junit)', coverage) };
}

function whereEverythingIs(out: string): string {
  return [
    ['bundle', 'bundle/ and bundle.tar.gz; HOW-TO-VERIFY.md and index.html in it'],
    ['OSCAL', 'oscal.json'],
    ['keys', 'keys/: cosign.pub and log.vkey are what a verifier is handed'],
    ['items', 'items/: what the tools wrote'],
    ['ledger', 'ledger/: the export'],
    ['logs', 'logs/: what the tools said'],
  ].reduce((text, [name = '', what]) => `${text}\n  ${name.padEnd(8)}${what}`, `Everything is in ${out}:`);
}

await step(import.meta.url, {
  usage,
  options: {
    out: { type: 'string' },
    keep: { type: 'boolean', default: false },
    junit: { type: 'string' },
    coverage: { type: 'string' },
    from: { type: 'string' },
  },
  run: ({ values }) => main(values),
});
