import { resolve } from 'node:path';
import { digestOf } from '../core/index.ts';
import { type Artifact, canonicalFile } from './artifact.ts';
import { judge, readContract } from './contract.ts';
import { EvidenceError } from './errors.ts';
import { assertFree, writeFolder } from './folder.ts';
import { coverageArtifact } from './items/coverage.ts';
import { decisionLogArtifact } from './items/decisions.ts';
import { emptyRootArtifact, guideArtifact } from './items/guide.ts';
import { proofsArtifact, readLedger } from './items/ledger.ts';
import { policyArtifact } from './items/policy.ts';
import { provenanceArtifact } from './items/provenance.ts';
import { sbomArtifact } from './items/sbom.ts';
import { readSource } from './items/source.ts';
import { type Manifest, toManifest } from './manifest.ts';
import { names } from './names.ts';
import { readPreviousManifest } from './read-built.ts';

export type BuildRequest = {
  /** `v1.2.3`, with a pre-release part if there is one. */
  readonly release: string;
  /** A folder that does not exist yet, or is empty. */
  readonly out: string;
  /** What is released; default the current folder. */
  readonly project?: string | undefined;
  /** A folder that `exportLog` wrote. */
  readonly ledgerExport: string;
  /** The log's verifier key, as it was handed over earlier. */
  readonly ledgerKeyFile: string;
  /** `policies/dist`. */
  readonly policyDir: string;
  /** What `opa test --coverage --format=json` printed. */
  readonly coverageFile: string;
  /** A CycloneDX SBOM made elsewhere; npm makes it when there is none. */
  readonly sbomFile?: string | undefined;
  readonly contractFile?: string | undefined;
  /** `manifest.json` of the release before. */
  readonly previousManifestFile?: string | undefined;
  /** For a tree without git; then `sourceDateEpoch` is needed as well. */
  readonly commit?: string | undefined;
  readonly sourceDateEpoch?: string | undefined;
  /** URI of the build service. */
  readonly builder?: string | undefined;
};

export type BuiltBundle = {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly manifestDigest: string;
  readonly decisions: number;
};

/**
 * Gathers what a release must show, checks it against the contract and writes it to one folder with its manifest. The same
 * inputs give the same bytes, wherever and whenever it runs.
 *
 * @throws EvidenceError, PolicyError, ConfigError; then nothing was written
 */
export async function buildBundle(request: BuildRequest): Promise<BuiltBundle> {
  const release = parseRelease(request.release);
  assertFree(request.out);
  const contract = readContract(request.contractFile);
  const prevManifest = readPreviousManifest(request.previousManifestFile);
  const ledger = await readLedger(request.ledgerExport, request.ledgerKeyFile);
  const decisions = await decisionLogArtifact(request.ledgerExport);
  const { artifact: coverageItem, coverage } = coverageArtifact(request.coverageFile);
  const { artifact: policyItem, policy } = policyArtifact(request.policyDir);
  const { provenance, sbom } = await describeSource(request);
  const proofs = await proofsArtifact(request.ledgerExport, decisions.seqs, ledger.root);
  const gathered = [sbom, provenance, decisions.artifact, coverageItem, policyItem, ledger.checkpoint, proofs, emptyRootArtifact()];
  const artifacts = [...gathered, guideArtifact(release, gathered.filter(isAttested))];
  const measured = { coveragePercent: coverage.coverage, decisions: decisions.seqs.length };
  const verdict = judge(
    contract,
    artifacts.map((item) => item.name),
    measured,
  );
  const manifest = toManifest({
    release,
    artifacts,
    provenance: digestOf(provenance.bytes),
    ledger,
    prevManifest,
    policy,
    contract: verdict,
  });
  const manifestFile = { name: names.manifest, bytes: canonicalFile(manifest) };
  writeFolder(request.out, [...artifacts, manifestFile]);
  return { folder: resolve(request.out), manifest, manifestDigest: digestOf(manifestFile.bytes), decisions: decisions.seqs.length };
}

async function describeSource({ project = '.', commit, sourceDateEpoch, sbomFile, release, builder }: BuildRequest) {
  const source = await readSource({ project, commit, sourceDateEpoch });
  return { provenance: provenanceArtifact(release, source, builder), sbom: await sbomArtifact({ project, file: sbomFile }, source.at) };
}

function isAttested(artifact: Artifact): artifact is Artifact & { readonly predicateType: string } {
  return artifact.predicateType !== undefined;
}

function parseRelease(text: string): string {
  if (/^v(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z.-]+)?$/.test(text)) return text;
  throw new EvidenceError('evidence.release_malformed', `\`${text}\` is not a release`, { remedy: 'name it like a tag: v1.2.3' });
}
