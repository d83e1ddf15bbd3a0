import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noteAlgorithm, parseNoteKey } from '../../src/core/index.ts';
import { LedgerKey } from '../../src/ledger/index.ts';
import { verifyCheckpoint } from '../../src/ledger/verify/index.ts';
import { findCosignature } from '../../src/ledger/witness/cosignature.ts';
import { Opened } from '../ledger/witness-fixture.ts';
import { startTestGateway } from '../support/countersign.ts';
import { runCountersign } from '../support/countersign-process.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { freePort } from '../support/ports.ts';

const DEADLINE = 30_000;
const opened = new Opened();
let folder: string;
beforeEach(() => {
  folder = makeFolder('witnessing');
  opened.add(() => removeFolders([folder]));
});
afterEach(() => opened.end());

const countersign = (...args: string[]) => runCountersign(args, {}, folder);
const keygen = (...args: string[]) => countersign('witness', 'keygen', ...args).endsWithin(DEADLINE);
const key = 'witness.pem';

/** `countersign witness` in a process of its own. */
async function startWitness(logs: readonly string[], port: number) {
  const made = await keygen('--name', 'witness.example/w', '--key', key);
  writeFileSync(join(folder, 'logs'), `# the logs of our neighbours\n\n${logs.join('\n')}\n`);
  const listen = ['--listen', `127.0.0.1:${port}`, '--name', 'witness.example/w', '--key', key, '--state', 'state'];
  const witness = countersign('witness', ...listen, '--log-file', 'logs');
  await witness.said(/(listens) on/);
  return { witness, vkey: made.stdout.trim() };
}

test('countersign witness says what it lacks, and makes keys', async () => {
  const [made, none] = await Promise.all([
    keygen('--name', 'witness.example/w', '--key', key),
    countersign('witness', '--name', 'w', '--key', 'none.pem', '--state', 'state', '--log', 'x').endsWithin(DEADLINE),
  ]);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^witness\.example\/w\+[0-9a-f]{8}\+B[A-Za-z0-9+/]+=*\n$/) });
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot read the witness key `none.pem`') });
}, 60_000);

function newPem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

test('a gateway shows its checkpoints to a witness beside it, publishes them, and goes on when the witness ends', async () => {
  const pem = newPem();
  const vkeyOf = (log: string) => LedgerKey.parse(pem, 'here').signerFor(`countersign.local/${log}`).verifierKey;
  const port = await freePort();
  const { witness, vkey } = await startWitness(['meta', 'alpha'].map(vkeyOf), port);
  mkdirSync(join(folder, 'published'));
  const gateway = await startTestGateway({
    env: { LEDGER_KEY: pem },
    settings: {
      ledger: {
        metaSeconds: 1,
        witnesses: { list: [{ name: 'beside', url: `http://127.0.0.1:${port}`, key: vkey }], everySeconds: 1, logs: 'all' },
        publish: [
          { folder: join(folder, 'published'), everySeconds: 1, git: true },
          { folder: join(folder, 'witnessed'), everySeconds: 1, witnessed: true },
        ],
      },
    },
  });
  opened.add(() => gateway.stop());
  const act = (n: number) =>
    gateway.graphql(
      'org-admin',
      `mutation { setFlag(input: { key: "k${n}", enabled: true, justification: "a good reason" }) { decision { result } } }`,
    );
  const published = (where: string, log: string) => readFileSync(join(folder, where, log, 'checkpoint'), 'utf8');
  const within = { timeout: 30_000, interval: 50 };
  await act(1);
  await vi.waitFor(() => {
    for (const log of ['alpha', 'meta']) {
      expect(verifyCheckpoint(published('published', log), vkeyOf(log)).size).toBeGreaterThan(0);
      const note = published('witnessed', log);
      const key = parseNoteKey(vkey, noteAlgorithm.cosignature);
      expect(key && findCosignature(note, note.slice(0, note.indexOf('\n\n') + 1), key)).toBeDefined();
    }
  }, within);
  expect(await gateway.metrics.registry.metrics()).toMatch(
    /countersign_witness_requests_total\{witness="beside",outcome="cosigned"\} [1-9]/,
  );
  const ended = await witness.kill('SIGTERM');
  expect([ended.code, ended.stdout.includes('"kind":"cosigned"')]).toEqual([0, true]);
  expect((await act(2)).errors).toBeUndefined();
  await vi.waitFor(async () => {
    const shown = await gateway.metrics.registry.metrics();
    expect(shown).toMatch(/countersign_witness_requests_total\{witness="beside",outcome="ledger.witness_unavailable"\} [1-9]/);
    expect(shown).toMatch(/countersign_witness_age_seconds\{log="alpha",witness="beside"\} (?!0\n)/);
  }, within);
  expect(gateway.log.map(({ msg }) => msg)).toContain('a witness gave no answer, will try again');
}, 90_000);
