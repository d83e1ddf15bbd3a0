import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { query } from '../support/postgres.ts';
import { base, given, items, openReleaseWorld, type Ran, type ReleaseWorld, writeChaos } from './release-world.ts';

let world: ReleaseWorld;
beforeAll(async () => {
  world = await openReleaseWorld();
});
afterAll(() => world.stop());

const ig = (role: string, ...args: string[]) => world.ig(role, args);
const done = ({ code, stdout, stderr }: Ran): string => {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};
const rows = ({ stdout }: Ran) => stripVTControlCharacters(stdout).trimEnd().split('\n');
const types = async () =>
  (await query(world.gateway.database.ownerUrl, `select type, result from ledger_leaf where tenant = 'alpha' order by seq`)).map(
    ({ type, result }) => `${type} ${result}`,
  );
const digestIn = (folder: string) => digestOf(readFileSync(join(world.folder, folder, 'manifest.json')));

async function signed(out: string, ...more: string[]): Promise<void> {
  const log = await world.exportedLog(`${out}-log`);
  const ledger = ['--ledger', log, '--ledger-key', join(log, 'own.vkey')];
  const built = await ig('release-bot', ...more, ...ledger, '--out', out);
  expect([0, 3]).toContain(built.code);
  done(await ig('release-bot', 'sign', out, '--key', 'signer.key'));
}

test('a release is registered, built, signed, published, refused for what is missing, mended by a delta, and promoted', {
  timeout: 120_000,
}, async () => {
  done(await ig('release-bot', 'register', '--release', 'v1.0.0', ...base));
  await signed('first', 'build', '--release', 'v1.0.0', ...base);

  const early = await ig('release-bot', 'promote', 'v1.0.0', '--to', 'production');
  expect([early.code, rows(early)[0]]).toEqual([3, expect.stringMatching(/^refused: no evidence of `v1\.0\.0` is published \(dec_/)]);

  const published = done(await ig('release-bot', 'publish', 'first'));
  expect(published).toMatch(/verdict {4}FAILED\nsent {7}\d+ files, \d+ bytes; \d were there\npublished {2}now/);
  const again = JSON.parse(done(await ig('release-bot', 'publish', 'first', '--json')));
  expect(again).toMatchObject({ published: { manifest: digestIn('first'), release: 'v1.0.0', verdict: 'FAILED', first: false } });
  expect(again.sent).toEqual({ files: 0, bytes: 0, skipped: readdirSync(join(world.folder, 'first')).length });

  const refused = await ig('release-bot', 'promote', 'v1.0.0', '--to', 'production');
  expect(refused.code).toBe(3);
  expect(rows(refused)).toEqual([
    expect.stringMatching(/^refused: `chaos` is missing: .* \(dec_/),
    expect.stringMatching(/^rule +why +what helps$/),
    expect.stringMatching(
      /^evidence\.complete {2}`chaos` is missing: .*run the chaos suite; then add it with `ig-evidence delta`, sign and publish that$/,
    ),
  ]);

  const chaos = given('chaos', writeChaos(world.folder));
  done(await ig('release-bot', 'register', '--parent', 'first', ...items.slice(0, 4), ...chaos));
  await signed('second', 'delta', 'first', ...items.slice(0, 4), ...chaos);
  done(await ig('release-bot', 'pack', 'second', '--out', 'second.tar.gz'));
  expect(done(await ig('release-bot', 'publish', 'second.tar.gz'))).toMatch(/verdict {4}PASSED/);

  expect(done(await ig('release-bot', 'promote', 'v1.0.0', '--to', 'production'))).toContain(digestIn('second'));
  const listed = rows(await ig('auditor', 'list'));
  expect(listed[1]).toMatch(new RegExp(`^v1\\.0\\.0 +1 +PASSED +– +production +\\S+ +${digestIn('second')}$`));
  expect(
    rows(await ig('auditor', 'list', 'v1.0.0'))
      .slice(1)
      .map((row) => row.split(/ +/)[1]),
  ).toEqual(['1', '0']);

  expect((await types()).filter((type) => /^evidence\.(built|publish|promote)/.test(type))).toEqual([
    'evidence.built ALLOW',
    'evidence.promote DENY',
    'evidence.publish ALLOW',
    'evidence.publish ALLOW',
    'evidence.promote DENY',
    'evidence.built ALLOW',
    'evidence.publish ALLOW',
    'evidence.promote ALLOW',
  ]);
});

describe('with a release that is published', () => {
  const replayed = async (folder: string) => {
    const { code, stdout } = await ig('release-bot', 'publish', folder, '--json');
    const { decision } = JSON.parse(stdout);
    return [code, decision.ruleId, decision.explanation];
  };

  test('its first bundle is not published once more in the place of the delta', async () => {
    expect(await replayed('first')).toEqual([
      1,
      'evidence.extends_newest',
      `it is no delta, and its release has the bundle \`${digestIn('second')}\``,
    ]);
  });

  test('one that somebody changed is refused by the check that failed', { timeout: 60_000 }, async () => {
    const { copyFileSync, mkdirSync, writeFileSync } = await import('node:fs');
    const to = join(world.folder, 'changed');
    mkdirSync(to);
    for (const name of readdirSync(join(world.folder, 'first'))) copyFileSync(join(world.folder, 'first', name), join(to, name));
    const manifest = readFileSync(join(to, 'manifest.json'), 'utf8').replaceAll('v1.0.0', 'v1.0.9');
    writeFileSync(join(to, 'manifest.json'), manifest);
    const [code, ruleId, explanation] = await replayed('changed');
    expect([code, ruleId]).toEqual([1, 'evidence.verified']);
    expect(explanation).toContain('manifest.signature');
  });

  test('another tenant cannot publish it: its log is not theirs, and it is not theirs to promote', { timeout: 60_000 }, async () => {
    const { code, stdout } = await ig('release-bot@beta', 'publish', 'first', '--json');
    const { decision } = JSON.parse(stdout);
    expect([code, decision.ruleId]).toEqual([1, 'evidence.verified']);
    expect(decision.explanation).toContain('ledger.checkpoint');
    expect((await ig('release-bot@beta', 'promote', 'v1.0.0', '--to', 'production')).code).toBe(3);
    expect(rows(await ig('auditor@beta', 'list'))).toHaveLength(1);
  });
});

describe('a file of a published bundle', () => {
  const get = async (name: string, identity = 'auditor', init: RequestInit = {}, folder = 'second') => {
    const authorization = `Bearer ${await world.gateway.token(identity)}`;
    return world.gateway.send(`/evidence/bundles/${digestIn(folder)}/${name}`, { ...init, headers: { ...init.headers, authorization } });
  };
  const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
  const downloads = async () => (await types()).filter((type) => type.startsWith('evidence.download'));

  test('is downloaded as it was built, recorded before its first byte, and no page of ours', async () => {
    const before = (await downloads()).length;
    for (const [name, type] of [
      ['index.html', 'text/html'],
      ['manifest.json', 'application/json'],
      ['manifest.sigstore.json', 'application/json'],
    ] as const) {
      const response = await get(name);
      const own = readFileSync(join(world.folder, 'second', name));
      expect((await bytesOf(response)).equals(own)).toBe(true);
      expect([
        response.status,
        ...['content-type', 'etag', 'content-length', 'x-content-type-options'].map((of) => response.headers.get(of)),
      ]).toEqual([200, expect.stringContaining(type), `"${digestOf(own)}"`, String(own.length), 'nosniff']);
      expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
      expect(response.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    }
    expect((await downloads()).slice(before)).toEqual(Array(3).fill('evidence.download ALLOW'));
  });

  test('of a delta may be one that its parent holds', async () => {
    const response = await get('notes.txt');
    expect(String(await bytesOf(response))).toBe('what is new\n');
  });

  test('that the caller has already is not sent again, but recorded', async () => {
    const before = (await downloads()).length;
    const etag = (await get('notes.txt', 'auditor', { method: 'HEAD' })).headers.get('etag') ?? '';
    const response = await get('notes.txt', 'auditor', { headers: { 'if-none-match': etag } });
    expect([response.status, await response.text()]).toEqual([304, '']);
    expect((await downloads()).length - before).toBe(2);
  });

  test.each([
    ['to a viewer', 'viewer', 'notes.txt', 403],
    ['to a responder', 'responder', 'notes.txt', 403],
    ['to another tenant, as if there were none', 'auditor@beta', 'notes.txt', 404],
    ['that there is not', 'auditor', 'others.txt', 404],
    ['under another name', 'auditor', '..%2fnotes.txt', 404],
    ['under no name', 'auditor', '', 404],
  ])('is not given out %s', async (_what, identity, name, status) => {
    expect((await get(name, identity)).status).toBe(status);
  });

  test('is not given out to nobody', async () => {
    expect((await world.gateway.send(`/evidence/bundles/${digestIn('second')}/notes.txt`)).status).toBe(401);
  });

  test('whose bytes are others in the store is never whole', async () => {
    const digest = digestOf(readFileSync(join(world.folder, 'notes.txt')));
    const write = (text: string) =>
      query(
        world.gateway.database.ownerUrl,
        `update evidence_chunk set bytes = convert_to($2, 'utf8') where blob = (select blob from evidence_file where digest = $1 and tenant = 'alpha')`,
        [digest, text],
      );
    await write('what was new');
    await expect(get('notes.txt').then(bytesOf)).rejects.toThrow();
    await write('what is new\n');
  });
});

test('a waiver stands for what is missing, by another person than who registered', { timeout: 120_000 }, async () => {
  const until = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const waiver = ['--release', 'v1.1.0', '--requirement', 'chaos', '--reason', 'the chaos lab is moving house', '--until', until];
  expect((await ig('release-bot', 'waive', ...waiver)).code).toBe(1);
  expect(done(await ig('org-admin', 'waive', ...waiver))).toContain(`chaos until ${until}`);
  const own = await ig('org-admin', 'register', '--release', 'v1.1.0', ...base);
  expect([own.code, own.stdout]).toEqual([1, expect.stringContaining('evidence.four_eyes')]);
  const before = ['--prev-manifest', 'first/manifest.json'];
  done(await ig('release-bot', 'register', '--release', 'v1.1.0', ...before, ...base));
  await signed('third', 'build', '--release', 'v1.1.0', ...before, ...base);
  expect(done(await ig('release-bot', 'publish', 'third'))).toMatch(/verdict {4}PASSED/);
  expect((await ig('release-bot', 'promote', 'v1.1.0', '--to', 'staging')).code).toBe(0);
});

describe('a command says what is wrong', () => {
  test.each<[string, string[], NodeJS.ProcessEnv, RegExp]>([
    ['without a token', ['list', '--token-file', '/dev/null'], {}, /^error cli\.no_token: there is no token/],
    ['without a gateway', ['list', '--gateway', 'http://127.0.0.1:9'], {}, /^error cli\.unreachable: /],
    ['of no bundle', ['publish', 'nowhere'], {}, /^error cli\.invalid_option: `nowhere` is not a bundle/],
    ['of an unknown release', ['register', ...base], {}, /^error cli\.invalid_option: it is not clear what is registered/],
    [
      'of a malformed release',
      ['promote', 'main', '--to', 'production'],
      {},
      /^error cli\.refused: .*must be like a tag.*govern\.invalid_arguments/,
    ],
  ])('%s', async (_what, args, env, message) => {
    const { code, stderr } = await world.ig('release-bot', args, env);
    expect({ code, stderr: stripVTControlCharacters(stderr) }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
  });
});
