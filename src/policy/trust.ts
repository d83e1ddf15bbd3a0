import { createPublicKey, type KeyObject } from 'node:crypto';
import { bundleFromJSON, isBundleWithMessageSignature } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { messageOf, sha256 } from '../core/index.ts';
import { PolicyError } from './errors.ts';

/** Whose policies are taken: keys (cosign key pairs), and identities that a Fulcio of the trusted root vouched for. */
export type BundleTrust = {
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly identities: readonly { readonly issuer: string; readonly subject: string }[];
  readonly root: TrustedRoot;
};

/** What a signature over a manifest turned out to be; `signer` is `key:<hint>` or `<issuer> <subject>`. */
export type SignatureState =
  | { readonly state: 'missing' }
  | { readonly state: 'untrusted'; readonly why: string }
  | { readonly state: 'valid'; readonly signer: string };

const noRoot = TrustedRoot.fromJSON({ mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' });

export type TrustSources = {
  /** Public keys in PEM, named for messages. */
  readonly keys: readonly { readonly name: string; readonly pem: string }[];
  readonly identities: BundleTrust['identities'];
  /** A sigstore trusted root, JSON; asked for where there are identities. */
  readonly root?: string | undefined;
};

/** @throws PolicyError `policy.trust_malformed`, naming what cannot be read */
export function parseTrust({ keys, identities, root }: TrustSources): BundleTrust {
  return {
    keys: new Map(keys.map(({ name, pem }) => parseKey(name, pem))),
    identities,
    root: root === undefined ? noRoot : parseRoot(root),
  };
}

function parseKey(name: string, pem: string): [string, KeyObject] {
  // A private key would be taken for its public half: refuse it, so that nobody hands one around.
  if (!pem.includes('-----BEGIN PUBLIC KEY-----')) throw malformedTrust(`\`${name}\` holds no public key in PEM`);
  try {
    const key = createPublicKey(pem);
    return [sha256(key.export({ format: 'der', type: 'spki' })).toString('base64'), key];
  } catch {
    throw malformedTrust(`\`${name}\` holds no public key in PEM`);
  }
}

function parseRoot(text: string): TrustedRoot {
  try {
    return TrustedRoot.fromJSON(JSON.parse(text));
  } catch (cause) {
    throw malformedTrust(`the trusted root cannot be read: ${messageOf(cause)}`);
  }
}

function malformedTrust(why: string): PolicyError {
  return new PolicyError('policy.trust_malformed', why, { remedy: 'correct `policy.trust` in the configuration' });
}

/**
 * Checks a sigstore bundle (v0.3, message signature) over the exact bytes of a manifest. Never throws: what cannot be shown to be
 * right is `untrusted`.
 */
export function checkSignature(manifest: Buffer, signature: Buffer | undefined, trust: BundleTrust): SignatureState {
  if (signature === undefined) return { state: 'missing' };
  try {
    return { state: 'valid', signer: signerOf(manifest, signature, trust) };
  } catch (error) {
    return { state: 'untrusted', why: messageOf(error) };
  }
}

function signerOf(manifest: Buffer, signature: Buffer, trust: BundleTrust): string {
  const bundle = bundleFromJSON(JSON.parse(signature.toString('utf8')));
  if (!isBundleWithMessageSignature(bundle)) throw new Error('it is not a signature over a file');
  const { content } = bundle.verificationMaterial;
  const byKey = content.$case === 'publicKey';
  const material = toTrustMaterial(trust.root, (hint) => ({ publicKey: keyOf(hint, trust), validFor: () => true }));
  // A key is trusted by itself; a certificate only as far as the logs of the trusted root saw it.
  const threshold = byKey ? 0 : 1;
  const verifier = new Verifier(material, { tlogThreshold: threshold, ctlogThreshold: threshold, timestampThreshold: threshold });
  const { identity } = verifier.verify(toSignedEntity(bundle, manifest));
  return byKey ? `key:${content.publicKey.hint}` : trustedIdentity(identity?.extensions?.issuer, identity?.subjectAlternativeName, trust);
}

function keyOf(hint: string, { keys }: BundleTrust): KeyObject {
  const key = keys.get(hint);
  if (key === undefined) throw new Error(`it is signed by the key ${hint}, which is not trusted`);
  return key;
}

function trustedIdentity(issuer: string | undefined, subject: string | undefined, { identities }: BundleTrust): string {
  if (identities.some((trusted) => trusted.issuer === issuer && trusted.subject === subject)) return `${issuer} ${subject}`;
  throw new Error(`it is signed by ${subject} of ${issuer}, who is not trusted`);
}
