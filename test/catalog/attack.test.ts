import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalBytes, digestOf } from '../../src/core/index.ts';
import { base, given, openReleaseWorld, type Ran, type ReleaseWorld, writeChaos } from './release-world.ts';

let world: ReleaseWorld;
let folder: string;
beforeAll(async () => {
  world = await openReleaseWorld();
  folder = join(world.folder, 'good');
  const all = [...base, ...given('chaos', writeChaos(world.folder))];
  done(await world.ig('release-bot', ['register', '--release', 'v1.0.0', ...all]));
  const log = await world.exportedLog('log');
  const ledger = ['--ledger', log, '--ledger-key', join(log, 'own.vkey')];
  done(await world.ig('release-bot', ['build', '--release', 'v1.0.0', ...all, ...ledger, '--out', 'good']));
  done(await world.ig('release-bot', ['sign', 'good', '--key', 'signer.key']));
  done(await world.ig('release-bot', ['publish', 'good']));
}, 120_000);
afterAll(() => world.stop());

function done({ code, stderr }: Ran): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

const signatures = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sigstore.json'))
    .map((name) => ({ name, digest: digestOf(readFileSync(join(folder, name))) }));

async function put(bytes: Buffer<ArrayBuffer>): Promise<string> {
  const authorization = `Bearer ${await world.gateway.token('release-bot')}`;
  const answer = await world.gateway.send(`/evidence/files/${digestOf(bytes)}`, { method: 'PUT', body: bytes, headers: { authorization } });
  expect([200, 201]).toContain(answer.status);
  return digestOf(bytes);
}

type Asked = { asked: { decision: { result: string; ruleId: string; explanation: string } } };
const decided = async (field: string, type: string, input: object) => {
  const document = `mutation ($input: ${type}!) { asked: ${field}(input: $input) { decision { result ruleId explanation } } }`;
  return (await world.gateway.graphql<Asked>('release-bot', document, { input })).data.asked.decision;
};

test('who may upload but not sign cannot dress up as another release what somebody signed', async () => {
  const genuine = readFileSync(join(folder, 'manifest.json'));
  const manifest = JSON.parse(genuine.toString('utf8'));
  const itself = { name: 'manifest.json', kind: 'file', sha256: digestOf(genuine).slice(7), size: genuine.length, mediaType: 'text/html' };
  for (const artifacts of [manifest.artifacts, [...manifest.artifacts, itself]]) {
    const forged = Buffer.concat([canonicalBytes({ ...manifest, release: 'v6.6.6', artifacts }), Buffer.from('\n')]);
    const input = { manifest: await put(forged), signatures: signatures() };
    expect(await decided('publishEvidence', 'PublishEvidenceInput', input)).toEqual({
      result: 'DENY',
      ruleId: 'evidence.verified',
      explanation: 'the bundle does not verify: manifest.signature',
    });
  }
  expect(await decided('promoteRelease', 'PromoteReleaseInput', { release: 'v6.6.6', environment: 'production' })).toMatchObject({
    result: 'DENY',
    ruleId: 'evidence.published',
  });
});

test('what is published under another name, or another digest, is not what was verified', async () => {
  const real = readFileSync(join(folder, 'manifest.json'));
  const input = { manifest: digestOf(real), signatures: signatures().filter(({ name }) => name !== 'manifest.sigstore.json') };
  expect((await decided('publishEvidence', 'PublishEvidenceInput', input)).explanation).toBe(
    'the bundle does not verify: manifest.signature',
  );
});

test('the entry that says who registered a release is not waived', async () => {
  const refused = await world.ig('org-admin', [
    'waive',
    ...['--release', 'v1.0.0', '--requirement', 'ledger-built', '--reason', 'nobody needs to know'],
    ...['--until', '2099-01-01T00:00:00Z'],
  ]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('`ledger-built` cannot be waived: register the bundle')]);
});
