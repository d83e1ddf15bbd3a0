import { digestOf } from '../core/index.ts';
import { type AssembleOptions, assemble, type BuiltBundle } from './assemble.ts';
import { type Registered, registeredOf } from './build.ts';
import { readContract } from './contract/contract.ts';
import { EvidenceError } from './errors.ts';
import { isItemKind } from './forms.ts';
import { ledgerLogs } from './item-kinds.ts';
import { assertNamesFree, readItem } from './items.ts';
import { assertFree } from './layout/partial-folder.ts';
import type { ArtifactRecord } from './manifest.ts';
import { assertProvenances, type CommonRequest, fixedDrafts, type Prepared } from './prepare.ts';
import { type Built, readBuilt } from './read-built.ts';
import { readPolicy } from './source/policy.ts';
import { parseEpoch } from './source/source.ts';

export type DeltaRequest = CommonRequest & {
  /** The bundle that it changes: a folder, itself a delta or not. */
  readonly parent: string;
};

/**
 * Adds or replaces items of a bundle: a folder with these, and everything that is not an item made anew. Nothing of the parent is
 * removed; verify them together.
 *
 * @throws EvidenceError, PolicyError, ConfigError; then nothing was written
 */
export async function deltaBundle(request: DeltaRequest & AssembleOptions): Promise<BuiltBundle> {
  assertFree(request.out);
  return assemble(await prepareDelta(request), request);
}

/** The content of the delta that the same request would make. @throws as `deltaBundle` */
export async function deltaContentOf(request: DeltaRequest): Promise<Registered> {
  return registeredOf(await prepareDelta(request));
}

async function prepareDelta(request: DeltaRequest): Promise<Prepared> {
  const { ledgerExport, ledgerKeyFile } = request;
  const parent = await readBuilt(request.parent);
  const { release, kind, source, ledger } = parent.manifest;
  const at = timeOf(request.sourceDateEpoch, parent);
  const contract = readContract(request.contractFile, kind);
  const given = request.items.map((item) => readItem(item, at));
  if (given.length === 0) throw invalid(request.parent, 'a delta without an item changes nothing', 'give what was missing with --item');
  const { draft, policy } = readPolicy(request.policyDir);
  const drafts = [...given, draft, ...fixedDrafts(contract)];
  assertNamesFree(drafts);
  assertProvenances(drafts, release, source.commit);
  const digest = digestOf(parent.manifestBytes);
  return {
    release,
    kind,
    at: at.toISOString(),
    source,
    parent: { manifest: digest, number: (parent.manifest.parent?.number ?? 0) + 1 },
    drafts,
    inherited: inheritedFrom(parent, digest, new Set(drafts.map(({ name }) => name))),
    policy,
    contract,
    prevManifest: ledger.prevManifest,
    earlier: { size: ledger.size, root: ledger.root },
    ledgerExport,
    ledgerKeyFile,
  };
}

/** The items that stay, with the bundle that has their files. */
function inheritedFrom({ manifest }: Built, digest: string, replaced: ReadonlySet<string>): ArtifactRecord[] {
  return manifest.artifacts
    .filter(({ name, kind }) => isItemKind(kind) && !replaced.has(name) && !fromLedger.has(kind))
    .map((record) => ({ ...record, from: record.from ?? digest }));
}

/** Made anew for each bundle. */
const fromLedger = new Set(ledgerLogs.map(({ name }) => name));

/** Of the delta itself: never the clock. */
function timeOf(epoch: string | undefined, { manifest }: Built): Date {
  if (epoch === undefined) {
    throw new EvidenceError('evidence.time_unknown', 'nothing says when the delta is made', {
      remedy: 'set SOURCE_DATE_EPOCH to a time in seconds, not before that of the parent',
    });
  }
  const at = parseEpoch(epoch);
  if (at.getTime() >= Date.parse(manifest.at)) return at;
  throw new EvidenceError('evidence.time_unknown', `SOURCE_DATE_EPOCH is before the parent's time ${manifest.at}`, {
    remedy: 'a delta is not older than what it changes',
  });
}

function invalid(parent: string, why: string, remedy: string): EvidenceError {
  return new EvidenceError('evidence.parent_invalid', `cannot make a delta of \`${parent}\`: ${why}`, { remedy });
}
