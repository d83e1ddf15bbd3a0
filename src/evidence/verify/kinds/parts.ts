import { z } from 'zod';
import { parseAs, sameJson } from '../form.ts';
import { ensure } from '../report.ts';
import type { DocumentReader, ItemReading } from './kind.ts';

/** A trust root with any authority in it would make stock cosign trust that authority. */
const emptyTrustRoot = {
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [],
  ctlogs: [],
  certificateAuthorities: [],
  timestampAuthorities: [],
};

export const readTrustRoot: DocumentReader = (document) => {
  ensure(sameJson(document, emptyTrustRoot), 'it is not an empty trust root');
  return {};
};

const policyManifest = z.looseObject({ revision: z.string(), digest: z.string() });

/** The one file in the form of another tool: read back and written again it must be the same, so no key is there twice. */
export function readPolicyManifest(bytes: Buffer): ItemReading {
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  ensure(Buffer.from(`${JSON.stringify(value, null, 2)}\n`).equals(bytes), 'it reads differently when written again');
  const { revision, digest } = parseAs(policyManifest, value);
  return { claims: { policy: { revision, digest } } };
}
