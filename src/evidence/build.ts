import type { Draft } from './artifact.ts';
import { type AssembleOptions, assemble, type BuiltBundle } from './assemble.ts';
import { contentDigest } from './content.ts';
import { hexDigest, hexDigestOfFile } from './digest.ts';
import { assertFree } from './layout/partial-folder.ts';
import type { ArtifactRecord } from './manifest.ts';
import { type BuildRequest, type Prepared, prepareBuild } from './prepare.ts';

/**
 * Gathers what a release must show, judges it by the contract and writes it to one folder with its manifest. The same inputs give
 * the same bytes, wherever and whenever it runs. What is missing does not stop it: the verdict says so, and is signed with the rest.
 *
 * @throws EvidenceError, PolicyError, ConfigError; then nothing was written
 */
export async function buildBundle(request: BuildRequest & AssembleOptions): Promise<BuiltBundle> {
  assertFree(request.out);
  return assemble(await prepareBuild(request), request);
}

/** What the ledger is told of a bundle before it is built. */
export type Registered = { readonly release: string; readonly kind: string; readonly content: string };

/** The content of the bundle that the same request would build. @throws as `buildBundle` */
export async function contentOf(request: BuildRequest): Promise<Registered> {
  return registeredOf(await prepareBuild(request));
}

/** The same of anything prepared. */
export async function registeredOf({ release, kind, at, source, parent, drafts, inherited }: Prepared): Promise<Registered> {
  const given: Pick<ArtifactRecord, 'name' | 'kind' | 'sha256'>[] = [];
  for (const draft of drafts) given.push({ name: draft.name, kind: draft.form.kind, sha256: await digestOfDraft(draft) });
  const artifacts = [...given, ...inherited];
  return {
    release,
    kind,
    content: contentDigest({ release, kind, at, commit: source.commit, parent: parent?.manifest ?? null, artifacts }),
  };
}

async function digestOfDraft(draft: Draft): Promise<string> {
  return 'bytes' in draft ? hexDigest(draft.bytes) : hexDigestOfFile(draft.source);
}
