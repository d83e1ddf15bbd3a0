import type { KeyObject } from 'node:crypto';
import type { TrustMaterial } from '@sigstore/verify';

/** Who is trusted to sign, as the verifier's own people say. */
export type Signers = {
  /** By hint: base64 of SHA-256 over the SubjectPublicKeyInfo. */
  readonly keys: ReadonlyMap<string, TrustedKey>;
  readonly identities: readonly TrustedIdentity[];
  /** The authorities and logs that vouch for identities; null where none are trusted. */
  readonly root: TrustMaterial | null;
};

export type TrustedKey = {
  readonly key: KeyObject;
  /** For people. */
  readonly file: string;
  /** It counts for bundles made before. */
  readonly validUntil: Date | null;
  readonly revoked: Revocation | null;
};

export type Revocation = { readonly at: Date; readonly reason: string };

export type TrustedIdentity = {
  /** How the policy names it; one entry counts as one signer, however many subjects its pattern has. */
  readonly name: string;
  readonly issuer: string;
  matches(subject: string): boolean;
};

/** Whose a signature is. Whether it still counts is for whoever knows the bundle's time and its place in the ledger. */
export type SignedBy = {
  /** The key's hint, or the name of the identity: two signatures with one name are of one signer. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  readonly validUntil: Date | null;
  readonly revoked: Revocation | null;
};
