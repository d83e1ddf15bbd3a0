import { canonicalBytes, type Json, sha256 } from '../core/index.ts';

/** One file of a bundle, before it is written. */
export type Artifact = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** Given when a signed statement about it belongs to the bundle. */
  readonly predicateType?: string;
};

/** How the manifest names an artifact. */
export type ArtifactRecord = {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
  readonly mediaType: string;
  readonly predicateType?: string;
};

/** Canonical JSON (RFC 8785) and a line end: the form of every JSON file that we write ourselves. */
export function canonicalFile(value: Json): Buffer {
  return Buffer.concat([canonicalBytes(value), Buffer.from('\n')]);
}

export function recordOf({ bytes, ...artifact }: Artifact): ArtifactRecord {
  return { ...artifact, sha256: hexDigest(bytes), size: bytes.length };
}

export function hexDigest(bytes: Uint8Array): string {
  return sha256(bytes).toString('hex');
}
