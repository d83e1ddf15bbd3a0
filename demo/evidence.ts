import { join } from 'node:path';
import type { TenantId } from '../src/core/index.ts';
import { buildBundle, generateKeyPair, openSigner, signBundle } from '../src/evidence/index.ts';
import { verifyBundle } from '../src/evidence/verify/index.ts';
import { exportLog, fileAnchor, Ledger, LedgerKey } from '../src/ledger/index.ts';
import { attachStorage } from '../src/storage/index.ts';
import { say } from './story.ts';

const project = join(import.meta.dirname, '..');

/** Exports the log beside the running gateway, as `countersign ledger export` does. */
export async function exportTo(dataDir: string, log: TenantId, folder: string): Promise<void> {
  const storage = await attachStorage({ dataDir });
  try {
    const key = LedgerKey.read(join(dataDir, 'ledger.pem'));
    const ledger = new Ledger({
      database: storage.database,
      key,
      anchor: fileAnchor(join(dataDir, 'checkpoints')),
      originPrefix: 'countersign.local',
      waitMilliseconds: 0,
    });
    const { size } = await exportLog(storage.database, ledger, log, folder);
    say(`exported ${size} entries of log ${log}`);
  } finally {
    await storage.close();
  }
}

/** Builds, signs and verifies a bundle for this checkout in `keepIn`; answers with the export it rests on. */
export async function proveRelease(dataDir: string, keepIn: string, log: TenantId): Promise<string> {
  const ledgerExport = join(dataDir, 'ledger-export');
  await exportTo(dataDir, log, ledgerExport);
  const policyDir = join(project, 'policies', 'dist');
  const out = join(keepIn, 'bundle');
  const ledgerKeyFile = join(ledgerExport, 'log.vkey');
  const items = [{ kind: 'decision-coverage', file: join(policyDir, 'coverage.json') }];
  const built = await buildBundle({ release: 'v0.1.0', out, project, ledgerExport, ledgerKeyFile, policyDir, items });
  say(`built ${built.manifest.artifacts.length} artifacts; manifest ${built.manifestDigest}`);
  for (const { id, outcome, detail } of built.verdict.requirements) say(`  ${outcome.padEnd(7)} ${id}: ${detail}`);
  const keys = generateKeyPair({ prefix: join(keepIn, 'release') });
  const signed = await signBundle({ folder: out, signer: await openSigner({ key: keys.privateKeyFile }) });
  say(`signed by ${signed.signer}: ${signed.files.length} files`);
  const report = await verifyBundle({ bundle: out, keyFiles: [keys.publicKeyFile], ledgerKeyFile });
  for (const { check, subject, detail } of report.checks.filter(({ ok }) => !ok)) say(`FAILED ${check} ${subject}: ${detail}`);
  say(`verified offline: ${report.checks.length} checks, ${report.ok ? 'all pass' : 'NOT all pass'}`);
  if (!report.ok) throw new Error('the bundle does not verify');
  say('with stock cosign, in the folder of the bundle (all commands: its HOW-TO-VERIFY.md):');
  say('  cosign verify-blob --new-bundle-format --trusted-root empty-root.json --bundle manifest.sigstore.json \\');
  say('    --key ../release.pub --insecure-ignore-tlog manifest.json');
  return ledgerExport;
}
