import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveTool, run } from '../../src/workbench/index.ts';
import { compiledWith, digestIn, shippedManifest, signer, withoutCasesOf } from '../support/bundles.ts';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';
import { runCountersign } from '../support/countersign-process.ts';
import { makeFolder } from '../support/folders.ts';

let gateway: TestGateway;
const folder = makeFolder('policy-change');
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { policy: { trust: { keys: [signer.publicKeyFile] } } } });
  // A policy under which a flag needs no reason.
  const files = withoutCasesOf(await compiledWith('rules/flag/justification/rule.rego', '>= 10', '>= 0'), 'flag.justification');
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}, 120_000);
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

async function cli(args: readonly string[], identity?: string) {
  const env = identity === undefined ? {} : { COUNTERSIGN_TOKEN: await gateway.token(identity, { acr: 'urn:countersign:acr:mfa' }) };
  const { code, stdout, stderr } = await runCountersign(['policy', ...args], env, folder).endsWithin(60_000);
  return { code, stdout, stderr };
}
const publishing = () => ['publish', folder, '--url', gateway.url, '--justification', 'flags need no reason'];
const publish = (identity?: string) => cli(publishing(), identity);
const flag = async () => {
  const setFlag = `mutation { setFlag(input: { key: "a", enabled: true, justification: "" }) { decision { result ruleId policy { digest revision } } } }`;
  return (await gateway.graphql<{ setFlag: { decision: object } }>('sre', setFlag)).data.setFlag.decision;
};
const digest = () => digestIn(new Map([['manifest.json', readFileSync(join(folder, 'manifest.json'))]]));

describe('a policy changes from the command line', () => {
  it('not without a token, a gateway or a signature', async () => {
    const asAuthor = /^error: there is no token\n {2}→ set COUNTERSIGN_TOKEN or .*countersign token --as policy-author --mfa\)\n$/;
    expect(await publish()).toMatchObject({ code: 2, stderr: expect.stringMatching(asAuthor) });
    const stranger = runCountersign(['policy', ...publishing()], { COUNTERSIGN_TOKEN: 'nobody' }, folder);
    expect(await stranger.endsWithin(60_000)).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: .*\(auth\.[a-z_]+\)\n/) });
    const nowhere = ['publish', folder, '--url', 'http://127.0.0.1:1', '--justification', 'flags need no reason'];
    expect(await cli(nowhere, 'policy-author')).toMatchObject({ code: 2, stderr: expect.stringContaining('does not answer') });
    const unsigned = await publish('policy-author');
    expect([unsigned.code, unsigned.stdout.split('\n')]).toEqual([
      1,
      [
        'DENY by policy.bundle_signed: the bundle carries no signature',
        '  policy.bundle_signed: the bundle carries no signature',
        expect.stringMatching(/^ {4}→ sign it with `countersign policy sign`/),
        '  policy.bundle_sound: it was not tried: nobody trusted has signed it',
        expect.stringMatching(/^ {4}→ build it again/),
        '',
      ],
    ]);
  });

  it('signed, it is what stock cosign verifies', async () => {
    const { code, stdout } = await cli(['sign', folder, '--key', signer.privateKeyFile]);
    expect([code, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^signed policy [0-9a-f]{16}, serial \d+, with key \S+$/)]);
    const [, printed = ''] = /^ {2}check {4}cosign (.*)$/m.exec(stdout) ?? [];
    const command = printed.replace('<cosign.pub>', signer.publicKeyFile).split(' ');
    for (const tool of ['cosign2', 'cosign3'] as const) {
      await run(await resolveTool(tool), command);
    }
  });

  it('by two people, and is the one that decides; going back takes two as well', async () => {
    expect(await flag()).toMatchObject({ result: 'DENY', ruleId: 'flag.justification', policy: { revision: shippedManifest.revision } });
    expect(await publish('policy-author')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^proposed: .*\n {2}→ a second person/),
    });
    expect(await publish('policy-author')).toMatchObject({ code: 1, stdout: expect.stringContaining('DENY by policy.four_eyes') });
    expect(await publish('org-admin')).toMatchObject({
      code: 0,
      stdout: `active: policy ${revision()}, serial ${shippedManifest.serial + 1}, ${digest()}\n`,
    });
    expect(await flag()).toEqual({ result: 'ALLOW', ruleId: 'flag.role_grant', policy: { digest: digest(), revision: revision() } });
    const status = await gateway.graphql<{ policy: object }>(
      'viewer',
      '{ policy { active { digest serial } builtIn { digest } activations { action proposedBy confirmedBy policy { revision } } } }',
    );
    expect(status.data.policy).toEqual({
      active: { digest: digest(), serial: shippedManifest.serial + 1 },
      builtIn: { digest: shippedManifest.digest },
      activations: [
        { action: 'policy.publish', proposedBy: 'policy-author@alpha', confirmedBy: 'org-admin@alpha', policy: { revision: revision() } },
      ],
    });
    const back = ['rollback', shippedManifest.digest, '--url', gateway.url, '--justification', 'reasons are needed'];
    expect(await cli(back, 'sre')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^proposed: /) });
    expect(await cli(back, 'org-admin')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^active: /) });
    expect(await flag()).toMatchObject({ ruleId: 'flag.justification', policy: { revision: shippedManifest.revision } });
  });
});

function revision(): string {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).revision;
}
