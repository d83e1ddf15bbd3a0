import { z } from 'zod';
import type { Json } from '../../../core/index.ts';
import { documentBytes, hexOf, parseAs, parseLine } from '../form.ts';
import { MAX_READ } from '../names.ts';
import { ensure, fail, type Outcome, outcomeLater, outcomeOf } from '../report.ts';
import { envelopeOf, readSigstoreBundle, type SignedBy, type Signers, verifyBlob, verifyEnvelope } from '../signers/index.ts';
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

const statementForm = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string() }) })),
  predicateType: z.string(),
  predicate: z.json(),
});

export function readStatement(file: SourceFile, signers: Signers): Promise<Statement> {
  return outcomeLater(async () => {
    const bundle = readSigstoreBundle(await bytesOf(file, MAX_READ));
    const { payload, payloadType } = envelopeOf(bundle);
    ensure(payloadType === 'application/vnd.in-toto+json', `its payload is of type ${payloadType}`);
    const { subject, predicateType, predicate } = parseAs(statementForm, parseLine(payload));
    return {
      signed: outcomeOf(() => verifyEnvelope(bundle, signers)),
      subject,
      predicateType,
      predicateDigest: hexOf(documentBytes(predicate)),
    };
  });
}

/** Whose signature over the manifest it is. */
export function readSignature(file: SourceFile, manifest: Buffer | undefined, signers: Signers): Promise<Outcome<SignedBy>> {
  return outcomeLater(async () => {
    const bundle = readSigstoreBundle(await bytesOf(file, MAX_READ));
    return verifyBlob(bundle, manifest ?? fail('there is no manifest'), signers);
  });
}
