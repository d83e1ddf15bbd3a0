import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSigner, signBundle } from '../../../src/evidence/index.ts';
import { resolveTool, run } from '../../../src/workbench/index.ts';
import type { Identity, Sigstore } from '../../support/keyless.ts';
import { allBy, readJson, signatures, signedBy, temporaryFolder, write } from './fixture.ts';
import { identitiesIn, minute, releaser, releaserName, requestTo } from './identities.ts';

const root = temporaryFolder();
const given = identitiesIn(root);
const [fulcioPath, rekorPath] = ['/api/v2/signingCert', '/api/v1/log/entries'];
let sigstore: Sigstore;
let signed: string;
beforeAll(async () => {
  sigstore = await given.start();
  signed = await given.sign(sigstore);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(given.close);

const materialIn = (folder: string, file: string) => readJson(join(folder, file)).verificationMaterial;

describe('a bundle signed by an identity', () => {
  it('has a certificate and an entry of the log in every signature, of bundle version 0.3', () => {
    const bundles = signatures.map((file) => readJson(join(signed, file)));
    expect(bundles.map(({ mediaType }) => mediaType)).toEqual(Array(5).fill('application/vnd.dev.sigstore.bundle.v0.3+json'));
    expect(bundles.map(({ verificationMaterial }) => Object.keys(verificationMaterial).toSorted())).toEqual(
      Array(5).fill(['certificate', 'timestampVerificationData', 'tlogEntries']),
    );
    expect(bundles.map((bundle) => bundle.dsseEnvelope?.signatures[0].keyid ?? '')).toEqual(Array(5).fill(''));
  });

  it('takes one certificate for all, and tells the log digests only', () => {
    expect(sigstore.requests).toEqual([fulcioPath, ...Array(5).fill(rekorPath)]);
    const [certificate, ...others] = signatures.map((file) => materialIn(signed, file).certificate.rawBytes);
    expect(others).toEqual(Array(4).fill(certificate));
    const bodies = signatures.map((file) =>
      JSON.parse(Buffer.from(materialIn(signed, file).tlogEntries[0].canonicalizedBody, 'base64').toString()),
    );
    expect(bodies.map(({ kind }) => kind)).toEqual(['dsse', 'dsse', 'dsse', 'dsse', 'hashedrekord']);
  });

  it('carries a timestamp as well where an authority is named', async () => {
    const folder = await given.sign(sigstore, { tsa: true });
    for (const file of signatures) expect(materialIn(folder, file).timestampVerificationData.rfc3161Timestamps).toHaveLength(1);
    expect(signedBy(folder, given.trusting(sigstore, releaser))).toEqual(allBy(releaserName));
  });

  it('has another certificate where one nears its end', async () => {
    const short = await given.start({ certificatesAt: new Date(Date.now() - 9.5 * minute) });
    const folder = await given.sign(short);
    expect(short.requests.filter((path) => path === fulcioPath)).toHaveLength(1 + 5);
    expect(signedBy(folder, given.trusting(short, releaser))).toEqual(allBy(releaserName));
  });

  it('can be signed by a second identity, and by nobody twice', async () => {
    const folder = await given.sign(sigstore);
    const second = { ...releaser, subject: 'auditor@acme.example' };
    const add = async (identity: Identity) =>
      signBundle({ folder, add: true, signer: await openSigner(await requestTo(sigstore, identity)) });
    expect(await add(second)).toMatchObject({ signer: `${second.issuer} ${second.subject}`, files: ['manifest.2.sigstore.json'] });
    expect(signedBy(folder, given.trusting(sigstore, releaser, second))).toEqual({
      ...allBy(releaserName),
      'manifest.2.sigstore.json': `${second.issuer} ${second.subject}`,
    });
    for (const identity of [releaser, second]) await expect(add(identity)).rejects.toMatchObject({ code: 'evidence.already_signed' });
  });
});

describe.each(['cosign2', 'cosign3'] as const)('stock %s, with no network,', (tool) => {
  const nowhere = 'http://127.0.0.1:1';
  const env = { PATH: process.env['PATH'], HOME: root.at('no-home'), HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, NO_PROXY: '' };
  const verify = async (folder: string, file: string, { issuer, subject } = releaser) => {
    const payload = readJson(join(folder, file)).dsseEnvelope?.payload;
    const type = payload === undefined ? [] : ['--type', JSON.parse(Buffer.from(payload, 'base64').toString()).predicateType];
    const trust = [
      '--trusted-root',
      write(root.at('root.json'), sigstore.trustedRoot),
      '--certificate-identity',
      subject,
      '--certificate-oidc-issuer',
      issuer,
    ];
    const verb = payload === undefined ? 'verify-blob' : 'verify-blob-attestation';
    const args = [verb, '--new-bundle-format', '--bundle', file, ...trust, ...type, 'manifest.json'];
    return run(await resolveTool(tool), args, { cwd: folder, env, timeoutMilliseconds: 20_000 });
  };

  it('verifies every signature of an identity', async () => {
    for (const file of signatures) expect((await verify(signed, file)).stderr).toContain('Verified OK');
    const timestamped = await given.sign(sigstore, { tsa: true });
    expect((await verify(timestamped, 'manifest.sigstore.json')).stderr).toContain('Verified OK');
  }, 600_000);

  it('refuses them for another identity', async () => {
    const other = { ...releaser, subject: `${releaser.subject}-rc.1` };
    await expect(verify(signed, 'manifest.sigstore.json', other)).rejects.toMatchObject({ code: 'tool.failed' });
  }, 600_000);
});

describe('without a token of the caller’s, an identity is', () => {
  it('the one that GitHub Actions gives', async () => {
    const asked: unknown[] = [];
    const github = createServer((request, response) => {
      asked.push(request.url, request.headers.authorization);
      void sigstore.token(releaser).then((value) => response.end(JSON.stringify({ value })));
    });
    await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', `http://127.0.0.1:${(github.address() as AddressInfo).port}/token?v=1`);
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'request-token');
    const { keyless } = await requestTo(sigstore);
    const signer = await openSigner({ keyless: { ...keyless, identityToken: undefined } }).finally(() => github.close());
    expect(signer.name).toBe(releaserName);
    expect(asked).toEqual(['/token?v=1&audience=sigstore', 'Bearer request-token']);
  });

  it('none elsewhere', async () => {
    for (const name of ['ACTIONS_ID_TOKEN_REQUEST_URL', 'BUILDKITE', 'SIGSTORE_ID_TOKEN']) vi.stubEnv(name, '');
    const { keyless } = await requestTo(sigstore);
    await expect(openSigner({ keyless: { ...keyless, identityToken: undefined } })).rejects.toMatchObject({
      code: 'evidence.identity_missing',
      remedy: expect.stringContaining('SIGSTORE_ID_TOKEN'),
    });
  });
});

describe('nothing is signed', () => {
  const claims = (value: unknown) => `e30.${Buffer.from(JSON.stringify(value)).toString('base64url')}.c2ln`;
  it.each([
    ['no token at all', 'hush-hush'],
    ['a token without claims', 'e30.hush.hush'],
    ['a token of nobody', claims({ iss: 'https://issuer.example' })],
    ['a token with an address that nobody verified', claims({ email: 'a@acme.example', email_verified: false })],
  ])('with %s, which no message quotes', async (_, identityToken) => {
    const { keyless } = await requestTo(sigstore);
    const error = await openSigner({ keyless: { ...keyless, identityToken } }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'evidence.identity_malformed' });
    expect(inspect(error, { depth: 9 })).not.toContain(identityToken);
  });

  it.each([
    ['an authority without a log', { rekorUrl: undefined }],
    ['a log without an authority', { fulcioUrl: undefined }],
    ['an authority to which the token would go in the open', { fulcioUrl: 'http://fulcio.example' }],
    ['an address that is none', { rekorUrl: 'rekor' }],
    ['a timestamp authority of another scheme', { tsaUrl: 'ftp://tsa.example' }],
  ])('by %s', async (_, change) => {
    const { keyless } = await requestTo(sigstore);
    await expect(openSigner({ keyless: { ...keyless, ...change } })).rejects.toMatchObject({ code: 'evidence.service_malformed' });
  });

  it('when the authority refuses', async () => {
    const refusing = await given.start({ refuse: (path) => path === fulcioPath });
    await expect(openSigner(await requestTo(refusing))).rejects.toMatchObject({
      code: 'evidence.keyless_failed',
      message: expect.stringMatching(/^Fulcio at `http:.*` did not do its part: .*\(404\)/),
    });
  });

  it('when a service is not there', async () => {
    const gone = await given.start();
    const request = await requestTo(gone);
    gone.close();
    await expect(openSigner(request)).rejects.toMatchObject({
      code: 'evidence.keyless_failed',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each([
    ['log', rekorPath, /^Rekor at /],
    ['timestamp authority', '/api/v1/timestamp', /^the timestamp authority at /],
  ])('when the %s refuses the third', async (_, refused, message) => {
    const failing = await given.start({ refuse: (path, before) => path === refused && before === 2 });
    const folder = given.bundle();
    const before = readdirSync(folder);
    const signer = await openSigner(await requestTo(failing, releaser, true));
    await expect(signBundle({ folder, signer })).rejects.toMatchObject({
      code: 'evidence.keyless_failed',
      message: expect.stringMatching(message),
    });
    expect(readdirSync(folder)).toEqual(before);
  });

  it('when it is interrupted while a service thinks', async () => {
    const controller = new AbortController();
    const slow = await given.start({
      refuse: (path, before) => {
        if (path === rekorPath && before === 2) controller.abort();
        return false;
      },
    });
    const folder = given.bundle();
    const signer = await openSigner(await requestTo(slow));
    await expect(signBundle({ folder, signer, signal: controller.signal })).rejects.toMatchObject({ code: 'evidence.interrupted' });
    expect(existsSync(join(folder, 'manifest.sigstore.json'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.sigstore.json'))).toEqual([]);
  });
});
