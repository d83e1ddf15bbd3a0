import { openSigner, signBundle } from '../../../src/evidence/index.ts';
import { readPolicy } from '../../../src/evidence/verify/policy.ts';
import type { Signers } from '../../../src/evidence/verify/signers/index.ts';
import { type Identity, type Sigstore, type SigstoreOptions, startSigstore } from '../../support/keyless.ts';
import { type temporaryFolder, write, writeBundle } from './fixture.ts';

export const workflow = 'https://github.com/acme/app/.github/workflows/release.yml';
export const releaser: Identity = { issuer: 'https://token.actions.example', subject: `${workflow}@refs/tags/v1.2.3` };
export const releaserName = `${releaser.issuer} ${releaser.subject}`;
export const minute = 60_000;

type Listed = Identity | { readonly issuer: string; readonly subjectPattern: string };

/** What the tests of keyless signatures do again and again, in one folder. */
export function identitiesIn(root: ReturnType<typeof temporaryFolder>) {
  const opened: Sigstore[] = [];
  let count = 0;
  const fresh = (): string => {
    count += 1;
    return root.at(`${count}`);
  };
  return {
    start: async (options?: SigstoreOptions): Promise<Sigstore> => {
      const sigstore = await startSigstore(options);
      opened.push(sigstore);
      return sigstore;
    },
    bundle: () => writeBundle(fresh()),
    sign: async (sigstore: Sigstore, { identity = releaser, tsa = false } = {}): Promise<string> => {
      const folder = writeBundle(fresh());
      await signBundle({ folder, signer: await openSigner(await requestTo(sigstore, identity, tsa)) });
      return folder;
    },
    /** As a policy file lists them. */
    trusting: ({ trustedRoot }: Pick<Sigstore, 'trustedRoot'>, ...identities: Listed[]): Signers => {
      const folder = fresh();
      write(`${folder}/root.json`, trustedRoot);
      return readPolicy(write(`${folder}/policy.yaml`, JSON.stringify({ format: 1, signers: { identities, trustedRoot: 'root.json' } })))
        .signers;
    },
    close: () => {
      for (const sigstore of opened) sigstore.close();
      root.remove();
    },
  };
}

export async function requestTo({ url, token }: Sigstore, identity: Identity = releaser, tsa = false) {
  return { keyless: { fulcioUrl: url, rekorUrl: url, tsaUrl: tsa ? url : undefined, identityToken: await token(identity) } };
}
