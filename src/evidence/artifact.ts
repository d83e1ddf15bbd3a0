import { type Form, statementTypeOf } from './forms.ts';
import type { Summary } from './kinds/kind.ts';
import type { Stored } from './layout/partial-file.ts';
import type { ArtifactRecord } from './manifest.ts';

/** What is known of an artifact beside its bytes. */
export type About = { readonly name: string; readonly form: Form; readonly madeAt?: string | null; readonly summary?: Summary };

/** An artifact whose bytes are in hand, or in a file of any size. */
export type Draft = About & ({ readonly bytes: Buffer } | { readonly source: string });

/** How the manifest names an artifact that is written. */
export function recordOf({ name, form, madeAt, summary }: About, stored: Stored): ArtifactRecord {
  const predicateType = statementTypeOf(form);
  return {
    name,
    kind: form.kind,
    sha256: stored.sha256,
    size: stored.size,
    mediaType: form.mediaType,
    ...(predicateType === undefined ? {} : { predicateType }),
    ...(typeof madeAt === 'string' ? { madeAt } : {}),
    ...(summary === undefined ? {} : { summary }),
  };
}
