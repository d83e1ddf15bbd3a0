import type { Bundle } from '@sigstore/bundle';
import { RFC3161Timestamp } from '@sigstore/core';
import { RekorWitness, TSAWitness, type VerificationMaterial } from '@sigstore/sign';
import { asked } from './asked.ts';
import { network, type Services } from './services.ts';

export type Witnesses = (content: Bundle['content'], certificate: string) => Promise<VerificationMaterial[]>;

/** Whoever saw a signature while its certificate was valid: the log, and a timestamp authority where there is one. */
export function witnessesOf({ rekor, tsa }: Services): Witnesses {
  // An entry of kind `intoto` would put what is signed into the log; `dsse` keeps its digest.
  const log = new RekorWitness({ rekorBaseURL: rekor, entryType: 'dsse', fetchOnConflict: true, ...network });
  const authority = tsa === undefined ? undefined : new TSAWitness({ tsaBaseURL: tsa, ...network });
  return (content, certificate) => {
    const entry = asked(`Rekor at \`${rekor}\``, () => log.testify(content, certificate));
    if (authority === undefined) return Promise.all([entry]);
    return Promise.all([entry, asked(`the timestamp authority at \`${tsa}\``, async () => readable(await authority.testify(content)))]);
  };
}

/** Not every form of a timestamp's time can be read by the library that verifies it. */
function readable(material: VerificationMaterial): VerificationMaterial {
  for (const { signedTimestamp } of material.rfc3161Timestamps ?? []) void RFC3161Timestamp.parse(Buffer.from(signedTimestamp)).signingTime;
  return material;
}
