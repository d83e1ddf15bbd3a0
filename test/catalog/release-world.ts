import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { vi } from 'vitest';
import { buildCommand } from '../../src/cli/evidence/build.ts';
import { deltaCommand } from '../../src/cli/evidence/delta.ts';
import { listCommand } from '../../src/cli/evidence/list.ts';
import { exitCodes } from '../../src/cli/evidence/output.ts';
import { packCommand } from '../../src/cli/evidence/pack.ts';
import { promoteCommand } from '../../src/cli/evidence/promote.ts';
import { publishCommand } from '../../src/cli/evidence/publish.ts';
import { registerCommand } from '../../src/cli/evidence/register.ts';
import { signCommand } from '../../src/cli/evidence/sign.ts';
import { waiveCommand } from '../../src/cli/evidence/waive.ts';
import { packageRoot } from '../../src/config/index.ts';
import { CodedError, tenantId } from '../../src/core/index.ts';
import { generateKeyPair } from '../../src/evidence/index.ts';
import { exportLog, fileAnchor, Ledger, readLedgerKey } from '../../src/ledger/index.ts';
import { COMMIT, opaCoverage, sbom, write } from '../evidence/fixture.ts';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';
import { eventually } from '../support/deadline.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { query } from '../support/postgres.ts';

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A gateway that trusts one signer, and a folder from which releases are made with the commands alone. */
export type ReleaseWorld = {
  readonly gateway: TestGateway;
  readonly folder: string;
  /** Now, in whole seconds: bundles are not of the future. */
  readonly epoch: number;
  /** `ig-evidence`, as a role. */
  ig(role: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ran>;
  /** The log of tenant alpha as it is, signed to its end. */
  exportedLog(name: string): Promise<string>;
  stop(): Promise<void>;
};

const contract = `format: 1
releases:
  standard:
    - { item: ledger-built, obtain: register it }
    - { item: sbom-cyclonedx, obtain: run npm sbom }
    - { item: decision-coverage, assert: { lines: { min: 90 } }, obtain: run the policy tests }
    - { item: file, name: notes.txt, obtain: write the release notes }
    - { item: chaos, obtain: run the chaos suite }
`;

export async function openReleaseWorld(): Promise<ReleaseWorld> {
  const folder = makeFolder('release');
  const { publicKeyFile } = generateKeyPair({ prefix: join(folder, 'signer') });
  const policy = `format: 1\nsigners: { keys: [{ file: ${publicKeyFile} }] }\ncontract: contract.yaml\n`;
  write(join(folder, 'contract.yaml'), contract);
  const gateway = await startTestGateway({
    settings: {
      evidence: { policy: write(join(folder, 'policy.yaml'), policy) },
      server: { bodyLimitBytes: 1_048_576 },
    },
  });
  write(join(folder, 'coverage.json'), opaCoverage);
  write(join(folder, 'sbom.json'), JSON.stringify(sbom));
  write(join(folder, 'notes.txt'), 'what is new\n');
  const epoch = Math.floor(Date.now() / 1_000) - 60;
  return {
    gateway,
    folder,
    epoch,
    ig: async (role, args, env = {}) => ig(folder, args, { ...(await environmentFor(gateway, role, epoch)), ...env }),
    exportedLog: (name) => exportedLog(gateway, join(folder, name)),
    stop: async () => {
      await gateway.stop();
      removeFolders([folder]);
    },
  };
}

async function environmentFor(gateway: TestGateway, role: string, epoch: number): Promise<NodeJS.ProcessEnv> {
  const token = await gateway.token(role, role === 'org-admin' ? { acr: 'urn:countersign:acr:mfa' } : {});
  return { COUNTERSIGN_URL: gateway.url, COUNTERSIGN_TOKEN: token, SOURCE_DATE_EPOCH: String(epoch) };
}

const commands = [
  buildCommand,
  deltaCommand,
  signCommand,
  packCommand,
  registerCommand,
  waiveCommand,
  publishCommand,
  promoteCommand,
  listCommand,
] as const;

/** A command as `ig-evidence` runs it, in this process: a start of Node costs more than all that it does. One at a time. */
async function ig(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const program = new Command('ig-evidence').exitOverride();
  for (const command of commands) program.addCommand(command().exitOverride());
  const [before, place] = [{ ...process.env }, process.cwd()];
  const told = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      told[name] += String(text);
      return true;
    }),
  );
  Object.assign(process.env, env);
  process.chdir(cwd);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return { ...told, code: Number(process.exitCode ?? 0) };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { ...told, stderr: `${told.stderr}error ${error.code}: ${error.message}\n`, code: exitCodes.usage };
  } finally {
    process.exitCode = undefined;
    process.chdir(place);
    for (const name of Object.keys(env)) if (before[name] === undefined) delete process.env[name];
    Object.assign(process.env, before);
    for (const spy of spies) spy.mockRestore();
  }
}

async function exportedLog({ database, config }: TestGateway, out: string): Promise<string> {
  const alpha = tenantId('alpha');
  const anchor = fileAnchor(join(config.dataDir, 'checkpoints'));
  const reader = new Ledger({ database: database.database, key: readLedgerKey(config), anchor, ...config.ledger });
  await eventually('the checkpoint covers all that is in the log', async () => {
    const [row] = await query(database.ownerUrl, `select size from ledger_head where tenant = 'alpha'`);
    return ((await reader.checkpoint(alpha))?.size ?? -1) >= Number(row?.['size']) ? true : undefined;
  });
  await exportLog(database.database, reader, alpha, out, { format: 'text', onProgress: () => undefined });
  writeFileSync(join(out, 'own.vkey'), `${reader.verifierKey(alpha)}\n`);
  return out;
}

/** What `register` and `build` are given alike. */
export const items = ['--contract', 'contract.yaml', '--policy-dir', join(packageRoot(), 'policies/dist'), '--commit', COMMIT];
export const given = (kind: string, file: string): string[] => ['--item', `${kind}=${file}`];
export const base = [
  ...items,
  ...given('decision-coverage', 'coverage.json'),
  ...given('sbom-cyclonedx', 'sbom.json'),
  ...given('file', 'notes.txt'),
];

/** What `npm run chaos -- … --json` prints. */
export function writeChaos(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return write(join(folder, 'chaos.json'), JSON.stringify({ rounds: 3, acknowledged: 300, lost: 0, duplicated: 0 }));
}
