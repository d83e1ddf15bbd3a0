import { z } from 'zod';
import type { TenantId } from '../../core/index.ts';
import { type AnyCommand, defineCommand, type Effect, type Scope } from '../../govern/index.ts';
import type { Facts } from '../../policy/index.ts';
import type { Trx } from '../../storage/index.ts';
import { type Bundle, type BundleFileRow, filesOf, insertBundle, insertFiles, newestOf, type PublishedBundle } from '../bundle-rows.ts';
import { type Manifest, missingOf } from '../documents.ts';
import { CatalogError } from '../errors.ts';
import { type Examined, examineUploaded } from '../examine.ts';
import { findFile, findFiles, type StoredFile } from '../file-rows.ts';
import { lockCatalog } from '../lock.ts';
import { digest, fileName } from '../names.ts';
import type { CatalogParts } from '../parts.ts';
import { evidenceResource, unknownEvidence } from '../resources.ts';
import type { NamedBundle } from '../stored.ts';

const args = z
  .strictObject({
    manifest: digest,
    signatures: z.array(z.strictObject({ name: fileName.endsWith('.sigstore.json'), digest })).max(2_100),
  })
  .transform(
    ({ manifest, signatures }): NamedBundle => ({ manifest, signatures: new Map(signatures.map((one) => [one.name, one.digest])) }),
  );

type State = { readonly examined: Examined; readonly newest: PublishedBundle | undefined };
type Result = { readonly manifest: string; readonly release: string; readonly verdict: string; readonly first: boolean };

/** Facts under which only the rest is left to decide: who asks. */
const sound: Facts = { evidence: { verified: true, failed: [], parent: null, newest: null } };

/**
 * `evidence.publish`: a bundle whose files are uploaded becomes what its release shows; published once more, it takes further signatures. The gateway looks at all of it itself, ahead of the
 * transaction; files do not change under their digests, so inside it only has to be seen that they are still there.
 */
export function publishEvidence(parts: CatalogParts): AnyCommand {
  return defineCommand<NamedBundle, State, Result, Examined>({
    action: 'evidence.publish',
    args,
    prepare: async (named, { actor, allows }) => {
      if (!allows({ resource: evidenceResource({ actor }, named.manifest), facts: sound })) return undefined;
      return examineUploaded(parts, actor.tenant, named);
    },
    load: async (trx, named, scope, examined) => {
      const { tenant } = scope.actor;
      await lockCatalog(trx, tenant);
      if ((await findFile(trx, tenant, named.manifest)) === undefined) return unknownEvidence(scope, named.manifest);
      const resource = evidenceResource(scope, named.manifest);
      if (examined === undefined) return { resource, facts: { evidence: {} }, state: null };
      await assertStillThere(trx, scope, examined);
      const newest = examined.manifest && (await newestOf(trx, tenant, examined.manifest.release));
      if (newest?.manifest === named.manifest) await assertNoneReplaced(trx, tenant, named);
      return { resource, facts: factsOf(examined, newest), about: aboutOf(examined), state: { examined, newest } };
    },
    effect: publish,
  });
}

/** The job that removes unused files may have been there in between. @throws CatalogError `evidence.changed_meanwhile` */
async function assertStillThere(trx: Trx, { actor }: Scope, { stored }: Examined): Promise<void> {
  const files = [...stored.values()];
  const now = await findFiles(
    trx,
    actor.tenant,
    files.map((file) => file.digest),
  );
  if (files.every((file) => now.get(file.digest)?.blob.id === file.blob.id)) return;
  throw new CatalogError('evidence.changed_meanwhile', 'files of the bundle were removed while it was looked at', {
    remedy: 'upload what is missing and publish again',
  });
}

/** What is published stays: a signature that comes later takes a name of its own. @throws CatalogError `evidence.published_otherwise` */
async function assertNoneReplaced(trx: Trx, tenant: TenantId, { manifest, signatures }: NamedBundle): Promise<void> {
  const published = await filesOf(trx, tenant, manifest);
  const other = published.find(({ name, digest: is }) => (signatures.get(name) ?? is) !== is);
  if (other === undefined) return;
  throw new CatalogError('evidence.published_otherwise', `\`${other.name}\` of this bundle is published with other contents, which stay`, {
    remedy: 'add a further signature with `ig-evidence sign --add`, or publish a delta',
  });
}

function factsOf({ manifest, verified }: Examined, newest: PublishedBundle | undefined): Facts {
  const { failed } = verified;
  const judged = { verified: failed.length === 0, failed: [...failed] };
  if (manifest === undefined) return { evidence: judged };
  return { evidence: { ...judged, parent: manifest.parent?.manifest ?? null, newest: newest?.manifest ?? null } };
}

function aboutOf({ manifest }: Examined): readonly string[] {
  return manifest === undefined ? [] : [`release:${manifest.release}`];
}

async function publish(trx: Trx, named: NamedBundle, { examined, newest }: State, scope: Scope): Promise<Effect<Result>> {
  const { manifest, verified } = examined;
  if (manifest === undefined || verified.failed.length > 0) throw new Error('the policy allowed a bundle that does not verify');
  const bundle = bundleOf(named, manifest, examined, scope);
  const first = newest?.manifest !== named.manifest;
  const added = first ? [] : await insertFiles(trx, scope.actor.tenant, named.manifest, signaturesOf(named, examined));
  if (first) await insertBundle(trx, scope.actor.tenant, bundle, rowsOf(manifest, examined));
  const { release, verdict, number, parent } = bundle;
  const signatures = [...named.signatures].map(([name, of]) => ({ name, digest: of }));
  return {
    result: { manifest: named.manifest, release, verdict, first },
    record: {
      manifest: named.manifest,
      release,
      kind: bundle.kind,
      number,
      parent,
      verdict,
      missing: [...bundle.missing],
      signatures,
      first,
      added: [...added],
    },
  };
}

function bundleOf(named: NamedBundle, manifest: Manifest, { requirements }: Examined, { actor, now }: Scope): Bundle {
  const { release, kind, at, parent, contract } = manifest;
  return {
    manifest: named.manifest,
    release,
    kind,
    number: parent?.number ?? 0,
    parent: parent?.manifest ?? null,
    at: new Date(at),
    verdict: contract.verdict,
    requirements,
    missing: missingOf(requirements),
    publishedBy: actor.id,
    publishedAt: now,
  };
}

/** The artifacts, those that the parents hold as well, and what is of this bundle alone. */
function rowsOf({ artifacts }: Manifest, { stored }: Examined): BundleFileRow[] {
  const listed = artifacts.map(({ name, kind, sha256, size, mediaType, from }) => {
    return { name, kind, digest: `sha256:${sha256}`, size, mediaType, heldBy: from ?? null };
  });
  const names = new Set(listed.map(({ name }) => name));
  return [...listed, ...[...stored].filter(([name]) => !names.has(name)).map(ofItself)];
}

/** Of a bundle that is published already: a signature that comes later may count where the signer of another is revoked. */
function signaturesOf({ signatures }: NamedBundle, { stored }: Examined): BundleFileRow[] {
  return [...stored].filter(([name]) => signatures.has(name)).map(ofItself);
}

/** What no manifest lists. */
function ofItself([name, { digest: of, blob }]: [string, StoredFile]): BundleFileRow {
  return { name, kind: null, digest: of, size: blob.size, mediaType: 'application/json', heldBy: null };
}
