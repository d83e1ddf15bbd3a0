import type { JsonObject } from '../../core/index.ts';

/** Whoever signs: a key in a file, a key that stays where it is, or an identity that an authority vouches for. */
export type Signer = {
  /** The key's hint, or `<issuer> <subject>`: by it nobody signs a bundle twice. */
  readonly name: string;
  /** The file of a sigstore bundle v0.3 over these bytes. */
  signBlob(bytes: Uint8Array): Promise<Buffer>;
  /** The same around a DSSE envelope with this in-toto statement. */
  signStatement(statement: JsonObject): Promise<Buffer>;
};
