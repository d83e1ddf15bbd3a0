import { join } from 'node:path';
import { packageRoot } from '../config/index.ts';
import type { Draft } from './artifact.ts';
import { canonicalFile } from './canonical-file.ts';
import { type Contract, readContract } from './contract/contract.ts';
import { EvidenceError } from './errors.ts';
import { formOf } from './forms.ts';
import { assertNamesFree, type GivenItem, madeItem, readItem } from './items.ts';
import type { Earlier } from './ledger/proofs.ts';
import type { ArtifactRecord, Manifest } from './manifest.ts';
import { isRelease, names } from './names.ts';
import { readPreviousManifest } from './read-built.ts';
import { readInput } from './read-input.ts';
import { npmSbom } from './source/npm-sbom.ts';
import { type PolicyVersion, readPolicy } from './source/policy.ts';
import { assertProvenanceOf, provenanceOf } from './source/provenance.ts';
import { readSource, type Source } from './source/source.ts';

/** What builds and deltas are made from alike. */
export type CommonRequest = {
  readonly items: readonly GivenItem[];
  /** A folder that `exportLog` wrote. */
  readonly ledgerExport: string;
  /** The log's verifier key, as it was handed over earlier. */
  readonly ledgerKeyFile: string;
  /** `policies/dist`. */
  readonly policyDir: string;
  readonly contractFile?: string | undefined;
  /** Seconds since the epoch (https://reproducible-builds.org/specs/source-date-epoch/); else the commit's time. */
  readonly sourceDateEpoch?: string | undefined;
};

export type BuildRequest = CommonRequest & {
  /** `v1.2.3`, with a pre-release part if there is one. */
  readonly release: string;
  /** The kind of release that the contract is asked for; default `standard`. */
  readonly kind?: string | undefined;
  /** What is released; default the current folder. */
  readonly project?: string | undefined;
  /** `manifest.json` of the release before. */
  readonly previousManifestFile?: string | undefined;
  /** For a tree without git; then `sourceDateEpoch` is needed as well. */
  readonly commit?: string | undefined;
  /** URI of the build service. */
  readonly builder?: string | undefined;
};

/** Everything that is known of a bundle before the ledger is looked at. */
export type Prepared = Pick<Manifest, 'release' | 'kind' | 'at' | 'source' | 'parent'> & {
  readonly drafts: readonly Draft[];
  /** Of a delta: what stays as the parent has it. */
  readonly inherited: readonly ArtifactRecord[];
  readonly policy: PolicyVersion;
  readonly contract: Contract;
  readonly prevManifest: string | null;
  /** What the log must continue. */
  readonly earlier: Earlier | null;
  readonly ledgerExport: string;
  readonly ledgerKeyFile: string;
};

/** Reads and checks what is given. @throws EvidenceError, PolicyError, ConfigError */
export async function prepareBuild(request: BuildRequest): Promise<Prepared> {
  const { kind = 'standard', project = '.', ledgerExport, ledgerKeyFile } = request;
  const release = parseRelease(request.release);
  const contract = readContract(request.contractFile, kind);
  const previous = readPreviousManifest(request.previousManifestFile);
  const source = await readSource({ project, commit: request.commit, sourceDateEpoch: request.sourceDateEpoch });
  const given = request.items.map((item) => readItem(item, source.at));
  const made = await makeMissing(given, release, project, source, request.builder);
  const { draft, policy } = readPolicy(request.policyDir);
  const drafts = [...given, ...made, draft, ...fixedDrafts(contract)];
  assertNamesFree(drafts);
  assertProvenances(drafts, release, source.commit);
  return {
    release,
    kind,
    at: source.at.toISOString(),
    source: { commit: source.commit, modified: source.modified },
    parent: null,
    drafts,
    inherited: [],
    policy,
    contract,
    prevManifest: previous?.digest ?? null,
    earlier: previous?.ledger ?? null,
    ledgerExport,
    ledgerKeyFile,
  };
}

/** Of each that there is: a delta may bring another one. */
export function assertProvenances(drafts: readonly Draft[], release: string, commit: string): void {
  for (const draft of drafts) if (draft.form.kind === 'provenance' && 'bytes' in draft) assertProvenanceOf(draft.bytes, release, commit);
}

/** What nobody gave and can be made here. */
async function makeMissing(given: readonly Draft[], release: string, project: string, source: Source, builder: string | undefined) {
  const has = (kind: string) => given.some(({ form }) => form.kind === kind);
  const made: Draft[] = [];
  if (!has('sbom-cyclonedx')) made.push(madeItem('sbom-cyclonedx', await npmSbom(project), source.at));
  if (!has('provenance')) made.push(madeItem('provenance', provenanceOf(release, source, builder), source.at));
  return made;
}

/** The contract applied, and the empty trust root that stock cosign needs in order to stay off the network. */
export function fixedDrafts(contract: Contract): Draft[] {
  const root = readInput('empty trust root', join(packageRoot(), 'evidence', names.emptyRoot));
  return [
    { name: names.contract, form: formOf('contract'), bytes: canonicalFile(contract) },
    { name: names.emptyRoot, form: formOf('trust-root'), bytes: canonicalFile(JSON.parse(root.toString('utf8'))) },
  ];
}

function parseRelease(text: string): string {
  if (isRelease(text)) return text;
  throw new EvidenceError('evidence.release_malformed', `\`${text}\` is not a release`, {
    remedy: 'name it like a tag, v1.2.3, in 100 characters at most',
  });
}
