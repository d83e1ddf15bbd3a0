import { readFileSync } from 'node:fs';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import { messageOf } from '../../../core/index.ts';
import { EvidenceVerifyError } from '../errors.ts';

/** The authorities and logs in a sigstore trusted root, JSON. @throws EvidenceVerifyError `evidence.verify.root_malformed` */
export function readTrustedRoot(file: string): TrustMaterial {
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(readFileSync(file, 'utf8')));
    if (root.certificateAuthorities.length === 0 || root.tlogs.length === 0) throw new Error('it has no certificate authority or no log');
    return toTrustMaterial(root, noKey);
  } catch (cause) {
    throw new EvidenceVerifyError('evidence.verify.root_malformed', `cannot use the trusted root \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'give the trusted_root.json of the sigstore that signed (`cosign trusted-root create`, or from its TUF repository)',
    });
  }
}

function noKey(hint: string): never {
  throw new Error(`it is signed by the key ${hint}, which a trusted root does not have`);
}
