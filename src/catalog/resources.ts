import { knownResource, type Loaded, type Scope, unknownResource } from '../govern/index.ts';
import type { Resource } from '../policy/index.ts';

/** Evidence is kept for the release, and for those who audit and operate it (policies/lib/purpose). */
const purpose = 'release';

/** A release, whose history is `timeline(subject: "release:<tag>")`. Known, whichever it is: a tag is only a name. */
export function releaseResource(scope: Pick<Scope, 'actor'>, release: string): Resource {
  return knownResource(scope, { type: 'release', id: release, purpose });
}

/** A file or a bundle by its digest, or the whole catalog by its tenant. */
export function evidenceResource(scope: Pick<Scope, 'actor'>, id: string): Resource {
  return knownResource(scope, { type: 'evidence', id, purpose });
}

/** Nothing of this digest is here; what another tenant has looks the same. */
export function unknownEvidence(scope: Scope, id: string): Loaded<never> {
  return unknownResource(scope, { type: 'evidence', id, purpose });
}
