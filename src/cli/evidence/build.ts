import { Command } from 'commander';
import { readEnv } from '../../config/index.ts';
import { type BuiltBundle, buildBundle } from '../../evidence/index.ts';
import { printFacts, printJson } from './output.ts';

type Options = {
  release: string;
  out: string;
  project: string;
  ledger: string;
  ledgerKey: string;
  policyDir: string;
  coverage: string;
  sbom?: string;
  contract?: string;
  prevManifest?: string;
  commit?: string;
  builder?: string;
  json?: boolean;
};

export function buildCommand(): Command {
  return new Command('build')
    .description('gather the evidence of a release into a new folder; the same inputs give the same bytes')
    .requiredOption('--release <tag>', 'the release, like v1.2.3')
    .requiredOption('--out <dir>', 'the folder to write; it must not exist or be empty')
    .requiredOption('--ledger <dir>', 'the exported log')
    .requiredOption('--ledger-key <file>', "the log's verifier key")
    .requiredOption('--coverage <file>', 'what `opa test --coverage --format=json` printed')
    .option('--policy-dir <dir>', 'the compiled policy', 'policies/dist')
    .option('--project <dir>', 'what is released: a folder with package.json, in git', '.')
    .option('--sbom <file>', 'a CycloneDX SBOM to take instead of asking npm')
    .option('--contract <file>', 'what must be there; default: the one that ships with ig-evidence')
    .option('--prev-manifest <file>', 'manifest.json of the release before, to chain to')
    .option('--commit <hash>', 'for a project without git; then set SOURCE_DATE_EPOCH too')
    .option('--builder <uri>', 'the build service, for the provenance')
    .option('--json', 'print the result as JSON')
    .action(build);
}

async function build({ ledger, ledgerKey, coverage, sbom, contract, prevManifest, json, ...options }: Options): Promise<void> {
  const built = await buildBundle({
    ...options,
    ledgerExport: ledger,
    ledgerKeyFile: ledgerKey,
    coverageFile: coverage,
    sbomFile: sbom,
    contractFile: contract,
    previousManifestFile: prevManifest,
    sourceDateEpoch: readEnv().secret('SOURCE_DATE_EPOCH'),
  });
  if (json === true)
    printJson({ folder: built.folder, manifestDigest: built.manifestDigest, decisions: built.decisions, manifest: built.manifest });
  else show(built);
}

function show({ folder, manifest, manifestDigest, decisions }: BuiltBundle): void {
  printFacts([
    ['release', manifest.release],
    ['folder', folder],
    ['manifest', manifestDigest],
    ['ledger', `${manifest.ledger.origin} at ${manifest.ledger.size}, ${decisions} decisions`],
    ['policy', `${manifest.policy.revision} ${manifest.policy.digest}`],
    ...manifest.artifacts.map((item): [string, string] => ['artifact', `${item.sha256.slice(0, 16)}…  ${item.name} (${item.size} bytes)`]),
    ['next', `ig-evidence sign ${folder} --key <file>`],
  ]);
}
