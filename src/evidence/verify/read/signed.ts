import { z } from 'zod';
import type { Json } from '../../../core/index.ts';
import { documentBytes, hexOf, listOf, parseAs, parseLine } from '../form.ts';
import { MAX_READ, MAX_SIGNATURE } from '../names.ts';
import { ensure, fail, type Outcome, outcomeLater, outcomeOf } from '../report.ts';
import { ensureOver, envelopeOf, readSigstoreBundle, type SignedBy, type Signers, verifyBlob, verifyEnvelope } from '../signers/index.ts';
import type { SourceFile } from '../source/source.ts';
import { bytesOf } from './content.ts';

/** A statement as it was found. Its predicate is kept by digest: it may be a whole SBOM. */
export type Statement = Outcome<{
  readonly signed: Outcome<SignedBy>;
  readonly subject: Json;
  readonly predicateType: string;
  /** Hex SHA-256 of the predicate as a file of ours, with its line end. */
  readonly predicateDigest: string;
}>;

/** Of what was parsed as JSON it need not be shown again. */
const json = z.custom<Json>((value) => value !== undefined, 'is missing');

const statementForm = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: listOf(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string() }) })),
  predicateType: z.string(),
  predicate: json,
});

/** Whoever made it: of what nobody signed who is trusted no more is parsed. */
const MAX_UNTRUSTED = 2 ** 16;

/** @param of how many bytes its subject has: it says what that says, and is not much longer */
export function readStatement(file: SourceFile, of: number, signers: Signers): Promise<Statement> {
  return outcomeLater(async () => {
    const bundle = readSigstoreBundle(await bytesOf(file, Math.min(MAX_READ, 2 * of + MAX_SIGNATURE)));
    const { payload, payloadType } = envelopeOf(bundle);
    ensure(payloadType === 'application/vnd.in-toto+json', `its payload is of type ${payloadType}`);
    const signed = outcomeOf(() => verifyEnvelope(bundle, signers));
    if (!signed.ok) ensure(payload.length <= MAX_UNTRUSTED, signed.reason);
    const { subject, predicateType, predicate } = parseAs(statementForm, parseLine(payload));
    return {
      signed,
      subject,
      predicateType,
      predicateDigest: hexOf(documentBytes(predicate)),
    };
  });
}

/** Something that is a signature over the manifest, and whose it is where that is somebody who is trusted. */
export type ManifestSignature = Outcome<{ readonly signed: Outcome<SignedBy> }>;

export function readSignature(file: SourceFile, manifest: Buffer | undefined, signers: Signers): Promise<ManifestSignature> {
  return outcomeLater(async () => {
    const bundle = readSigstoreBundle(await bytesOf(file, MAX_SIGNATURE));
    const bytes = manifest ?? fail('there is no manifest');
    ensureOver(bundle, bytes);
    return { signed: outcomeOf(() => verifyBlob(bundle, bytes, signers)) };
  });
}
