import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundleFiles, bundleSignature, inspectBundle, parseTrust } from '../../src/policy/index.ts';
import { renamed, shipped } from '../support/bundles.ts';
import { type Sigstore, startSigstore } from '../support/keyless.ts';

const author = { issuer: 'https://issuer.example', subject: 'author@example.com' };
let ours: Sigstore;
let theirs: Sigstore;
let files: BundleFiles;
beforeAll(async () => {
  [ours, theirs] = await Promise.all([startSigstore(), startSigstore()]);
  files = await signedBy(ours, author);
});
afterAll(() => {
  ours.close();
  theirs.close();
});

async function signedBy(sigstore: Sigstore, identity: typeof author): Promise<BundleFiles> {
  const policy = renamed('keyless');
  return new Map([...policy, [bundleSignature, await sigstore.sign(policy.get('manifest.json') ?? Buffer.alloc(0), identity)]]);
}

async function stateOf(bundle: BundleFiles, identities: readonly (typeof author)[] = [author], root = ours.trustedRoot): Promise<string> {
  const { signature } = await inspectBundle(bundle, 'the call', parseTrust({ keys: [], identities, root }));
  if (signature.state === 'valid') return `valid: ${signature.signer}`;
  return signature.state === 'untrusted' ? `untrusted: ${signature.why}` : signature.state;
}

describe('a signature without a key of one’s own', () => {
  it('is trusted by issuer and subject', async () => {
    expect(await stateOf(files)).toBe('valid: https://issuer.example author@example.com');
  });

  it('of somebody else is not', async () => {
    const other = { ...author, subject: 'other@example.com' };
    expect(await stateOf(await signedBy(ours, other))).toBe(
      'untrusted: it is signed by other@example.com of https://issuer.example, who is not trusted',
    );
  });

  it('of the same name by another issuer is not', async () => {
    const other = { ...author, issuer: 'https://elsewhere.example' };
    expect(await stateOf(await signedBy(ours, other))).toMatch(
      /^untrusted: it is signed by author@example\.com of https:\/\/elsewhere\.example/,
    );
  });

  it('that another authority certified is not', async () => {
    expect(await stateOf(await signedBy(theirs, author))).toMatch(/^untrusted: /);
    expect(await stateOf(files, [author], theirs.trustedRoot)).toMatch(/^untrusted: /);
  });

  it('over other bytes is not', async () => {
    const other = new Map([...files, ['manifest.json', shipped.get('manifest.json') ?? Buffer.alloc(0)]]);
    expect(await stateOf(other)).toMatch(/^untrusted: /);
  });

  it('that no log saw is not', async () => {
    const bundle = JSON.parse(String(files.get(bundleSignature)));
    bundle.verificationMaterial.tlogEntries = [];
    expect(await stateOf(new Map([...files, [bundleSignature, Buffer.from(JSON.stringify(bundle))]]))).toMatch(/^untrusted: /);
  });

  it('is nobody’s where no identity is trusted', async () => {
    expect(await stateOf(files, [])).toMatch(/^untrusted: it is signed by author@example\.com .* who is not trusted/);
  });
});
