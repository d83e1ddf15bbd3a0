import { checkArtifacts } from './checks/artifacts.ts';
import { checkParents, checkPrevious } from './checks/chain.ts';
import { checkContract, checkMet } from './checks/contract.ts';
import { checkFiles } from './checks/files.ts';
import { checkConsistency, checkLedger, type LogState } from './checks/ledger.ts';
import { type Asked, checkManifest, checkSignatures, checkSubject } from './checks/manifest.ts';
import { checkAge, checkRequired, checkRevoked } from './checks/policy.ts';
import { checkSource, endsEarly } from './checks/source.ts';
import { checkStatements } from './checks/statements.ts';
import { type Examined, examine } from './examined.ts';
import { lineOf } from './line.ts';
import { type Previous, readPrevious } from './previous.ts';
import { type ReadBundle, readBundle } from './read/read-bundle.ts';
import type { Check, Outcome, Report, Signature } from './report.ts';
import type { SignedBy } from './signers/index.ts';
import { openBundle } from './source/open.ts';
import type { BundleSource } from './source/source.ts';
import { readTrust, type Trust, type TrustRequest } from './trust.ts';

export type VerifyRequest = TrustRequest & {
  /** A folder, a `.tar.gz`, or another place that holds its files. */
  readonly bundle: string | BundleSource;
  /** Of a delta: the bundles that it continues, in any order. */
  readonly parents?: readonly (string | BundleSource)[] | undefined;
  /** Of the release before: where its manifest.json is, or the bundle that holds it; or that manifest's bytes. */
  readonly previous?: string | Buffer | undefined;
  /** What it must be of. */
  readonly release?: string | undefined;
  readonly commit?: string | undefined;
  /** `sha256:<hex>` of its manifest.json. */
  readonly manifest?: string | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many bytes of all were read. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

/**
 * Verifies a signed bundle offline, from its files and what is given: every check is made and reported, also after one failed. Only of
 * an archive that cannot be read to its end nothing else is said. Writes nothing, and shares no code with what builds and signs.
 *
 * @throws EvidenceVerifyError when verifying cannot begin, or was interrupted
 */
export async function verifyBundle(request: VerifyRequest): Promise<Report> {
  const trust = readTrust(request);
  const previous = request.previous === undefined ? undefined : await readPrevious(request.previous);
  const [bundle, ...parents] = await readAll(request, trust);
  const all = [bundle, ...parents];
  const ofSources = all.flatMap((item, index) => named(index === 0 ? '' : nameOf(item), checkSource(item)));
  if (all.some(endsEarly)) return report(bundle, ofSources, undefined);
  const ofParents = parents.flatMap((parent) => checkParent(parent, parents, { trust, previous }));
  const manifest = [checkSignatures(bundle, trust.threshold), checkManifest(bundle)];
  const examined = examinedOf(bundle, parents, trust);
  const checks = examined === undefined ? [] : checkAll(examined, trust, { asked: request, previous });
  return report(bundle, [...ofSources, ...ofParents, ...manifest, ...checks], examined);
}

async function readAll(
  { bundle, parents = [], onProgress, signal }: VerifyRequest,
  { signers }: Trust,
): Promise<[ReadBundle, ...ReadBundle[]]> {
  const sources = await Promise.all([bundle, ...parents].map(openBundle));
  const sizes = await Promise.all(sources.map((source) => source.size()));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  const read = (source: BundleSource) =>
    readBundle(source, {
      signers,
      signal,
      advance: (bytes) => {
        done += bytes;
        onProgress?.(Math.min(done, total), total);
      },
    });
  const [first, ...others] = sources;
  if (first === undefined) throw new Error('there is no bundle');
  const found: [ReadBundle, ...ReadBundle[]] = [await read(first)];
  for (const source of others) found.push(await read(source));
  return found;
}

function examinedOf(bundle: ReadBundle, parents: readonly ReadBundle[], { ledgerKey }: Trust): Examined | undefined {
  const { manifest } = bundle;
  return manifest.ok ? examine(bundle, manifest.value, lineOf(bundle, parents), ledgerKey) : undefined;
}

type Context = { readonly asked: Asked; readonly previous: Previous | undefined };

function checkAll(examined: Examined, trust: Trust, { asked, previous }: Context): Check[] {
  return [
    ...checkSubject(examined, asked),
    ...checkContents(examined),
    ...checkContract(examined, trust.contract),
    checkMet(examined),
    ...checkLedger(examined),
    ...checkConsistency(examined, logBefore(examined, previous)),
    ...checkParents(examined),
    ...checkPrevious(examined, previous?.digest),
    ...checkRequired(examined, trust.required),
    ...checkAge(examined, trust.maxAgeDays, trust.now),
    ...checkRevoked(examined, trust.threshold),
  ];
}

type Against = { readonly trust: Trust; readonly previous: Previous | undefined };

/** A parent vouches for what is taken over from it; it need not be complete, nor recent. */
function checkParent(parent: ReadBundle, parents: readonly ReadBundle[], { trust, previous }: Against): Check[] {
  const others = parents.filter((item) => item !== parent);
  const examined = examinedOf(parent, others, trust);
  const checks = examined === undefined ? [] : checkInherited(examined, { trust, previous });
  return named(nameOf(parent), [checkSignatures(parent, trust.threshold), checkManifest(parent), ...checks]);
}

function checkInherited(examined: Examined, { trust, previous }: Against): Check[] {
  return [
    ...checkContents(examined),
    ...checkContract(examined, undefined),
    ...checkLedger(examined),
    ...checkConsistency(examined, logBefore(examined, previous)),
    ...checkRevoked(examined, trust.threshold),
  ];
}

function checkContents(examined: Examined): Check[] {
  return [...checkFiles(examined), ...checkArtifacts(examined), ...checkStatements(examined)];
}

/** The parent's in a delta, else that of the release before; each as far as it is given. */
function logBefore({ manifest, line }: Examined, previous: Previous | undefined): LogState | undefined {
  if (manifest.parent === null) return previous?.ledger;
  const parent = line.parents[0]?.manifest;
  return parent?.ok === true ? parent.value.ledger : undefined;
}

function nameOf({ manifest, source }: ReadBundle): string {
  return manifest.ok ? `parent ${manifest.value.parent?.number ?? 0}: ` : `parent ${source.place}: `;
}

function named(prefix: string, checks: readonly Check[]): Check[] {
  return checks.map((item) => ({ ...item, subject: `${prefix}${item.subject}` }));
}

function report(bundle: ReadBundle, checks: readonly Check[], examined: Examined | undefined): Report {
  const { manifest, digest } = bundle;
  const requirements = examined?.judgement.ok === true ? examined.judgement.value.requirements : [];
  return {
    release: manifest.ok ? manifest.value.release : null,
    manifest: digest,
    ok: checks.length > 0 && checks.every((item) => item.ok),
    checks,
    requirements: requirements.map(({ id, outcome, detail, obtain }) => ({ id, outcome, detail, obtain })),
    signatures: signaturesIn(bundle),
  };
}

function signaturesIn({ signatures, statements }: ReadBundle): Signature[] {
  const signerIn = (signed: Outcome<SignedBy>) => (signed.ok ? { name: signed.value.name, label: signed.value.label } : null);
  return [
    ...[...signatures].map(([file, found]) => ({ file, predicateType: null, signer: found.ok ? signerIn(found.value.signed) : null })),
    ...[...statements].flatMap(([file, found]) =>
      found.ok ? [{ file, predicateType: found.value.predicateType, signer: signerIn(found.value.signed) }] : [],
    ),
  ];
}
