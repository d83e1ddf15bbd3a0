import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../src/config/index.ts';
import { naiveLeaf, naivePath } from '../naive-tree.ts';
import { chain, checkpointText, emptyFolder, fill, folderOf, logKey, note, signer, textFiles, tileFiles } from './maker.ts';
import { serve } from './served.ts';

async function countersign(...args: string[]) {
  const program = spawn(process.execPath, [join(packageRoot(), 'src/cli/countersign.ts'), ...args], { cwd: emptyFolder() });
  let [stdout, stderr] = ['', ''];
  program.stdout.on('data', (text) => {
    stdout += text;
  });
  program.stderr.on('data', (text) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((done) => program.once('close', done));
  return { code, stdout, stderr };
}

const bodies = chain(300, (seq) =>
  seq === 7 ? { data: { decision: { result: 'DENY', ruleId: 'r.one', explanation: 'no \u001b[2J' } } } : {},
);
const witness = signer(4, 'witness.example/w', 4);
const made = (size: number) => ({
  bodies: bodies.slice(0, size),
  checkpoint: note(checkpointText(bodies.slice(0, size)), logKey, witness),
});
const write = (text: string) => {
  const file = join(emptyFolder(), 'file');
  writeFileSync(file, text);
  return file;
};

describe('ledger verify', () => {
  test('a served log, with kept checkpoints, a witness, a cache and a state', async () => {
    const { url, requests } = await serve(tileFiles(made(300)));
    const kept = folderOf(
      new Map([
        ['a', Buffer.from(made(10).checkpoint)],
        ['b', Buffer.from(made(299).checkpoint)],
      ]),
    );
    const [cache, state] = [emptyFolder(), join(emptyFolder(), 'state')];
    const args = [
      'ledger',
      'verify',
      url,
      '--key',
      write(`${logKey.vkey}\n`),
      '--since',
      kept,
      '--token-file',
      write('let-me-in\n'),
      '--witness',
      witness.vkey,
      '--cache',
      cache,
    ];
    const { code, stdout } = await countersign(...args, '--state', state);
    expect([code, stdout.replace(/root .*/, 'root …')]).toEqual([
      0,
      'log acme: 300 entries, checkpoint for 300, root …\nwitnessed by witness.example/w at 2023-11-14T22:13:20.000Z\nok: every entry is there, unaltered and in order, and the signature is valid\n',
    ]);
    expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ position: 300 });
    requests.length = 0;
    const textfile = join(emptyFolder(), 'ledger.prom');
    expect((await countersign(...args, '--json', '--textfile', textfile)).code).toBe(0);
    expect(
      readFileSync(textfile, 'utf8')
        .match(/^[a-z_]+\{.*\} \d+$/gm)
        ?.map((line) => line.replace(/\{.*\}/, '')),
    ).toEqual([
      'countersign_ledger_verify_ok 1',
      'countersign_ledger_verified_entries 300',
      expect.stringMatching(/^countersign_ledger_verify_timestamp_seconds \d{10}$/),
    ]);
    expect(requests.filter((path) => path.startsWith('tile/') && !path.includes('.p/'))).toEqual([]);
  });

  test('faults end it with 1, in words and as JSON', async () => {
    const folder = folderOf(textFiles({ ...made(20), bodies: bodies.slice(0, 20).toSpliced(5, 2) }));
    const words = await countersign('ledger', 'verify', folder, '--key', logKey.vkey);
    expect([words.code, words.stdout.split('\n').slice(1)]).toEqual([
      1,
      ['FAULT entry.missing: entries 5 to 6 are missing', 'FAULT size.mismatch: there are 18 entries, the signed checkpoint has 20', ''],
    ]);
    const textfile = join(emptyFolder(), 'ledger.prom');
    const json = await countersign('ledger', 'verify', folder, '--json', '--textfile', textfile);
    expect(readFileSync(textfile, 'utf8')).toContain(`\ncountersign_ledger_verify_ok{place="${folder}"} 0\n`);
    expect([json.code, JSON.parse(json.stdout).faults[0]]).toEqual([
      1,
      { kind: 'entry.missing', seq: 5, message: 'entries 5 to 6 are missing' },
    ]);
    const unsigned = await countersign('ledger', 'verify', folder, '--key', signer(8).vkey, '--json');
    expect([unsigned.code, JSON.parse(unsigned.stdout).faults[0].kind]).toEqual([1, 'verify.signature_invalid']);
  });

  test.each([
    ['no log', [], 'it is not clear which log is meant'],
    ['a folder that is not there', ['/nowhere'], 'cannot read `/nowhere/checkpoint`'],
    ['a database without a log', ['--database', 'postgres://localhost/x'], 'it is not clear which log is meant'],
    ['workers that are none', ['/nowhere', '--workers', '0'], '--workers is `0`'],
  ])('%s ends it with 2', async (_what, args, message) => {
    const { code, stderr } = await countersign('ledger', 'verify', ...args);
    expect([code, stderr.includes(message)]).toEqual([2, true]);
  });
});

describe('ledger watch', () => {
  test('follows a log and cries when it forgets', async () => {
    const folder = emptyFolder();
    const state = join(emptyFolder(), 'state');
    const look = () => countersign('ledger', 'watch', folder, '--key', logKey.vkey, '--state', state, '--once', '--full');
    fill(folder, tileFiles(made(270)));
    expect(await look()).toMatchObject({ code: 0, stdout: expect.stringMatching(/ 270 entries, first seen\n$/), stderr: '' });
    fill(folder, tileFiles(made(300)));
    expect(await look()).toMatchObject({ code: 0, stdout: expect.stringMatching(/ 300 entries, continues 270\n$/) });
    fill(folder, tileFiles(made(270)));
    const { code, stdout, stderr } = await look();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^ALARM \S+ history\.rewritten: the log has 270 entries, 300 were signed before\n {2}kept \S+\.kept-\w+\n {2}kept \S+\.seen-\w+\n$/,
    );
  });
});

describe('receipt verify', () => {
  const leaves = bodies.map((body) => naiveLeaf(body));
  const receipt = (at: number) =>
    [
      `c2sp.org/tlog-proof@v1\nextra ${bodies[at]?.toString('base64')}\nindex ${at}`,
      ...naivePath(at, leaves).map((hash) => hash.toString('base64')),
      '',
      made(300).checkpoint,
    ].join('\n');

  test('tells the entry in words, and nothing that moves a cursor', async () => {
    const { code, stdout } = await countersign(
      'receipt',
      'verify',
      write(receipt(7)),
      '--key',
      logKey.vkey,
      '--witness',
      witness.vkey,
      '--quorum',
      '1',
    );
    expect([code, stdout]).toEqual([
      0,
      [
        'ok: entry 7 of ledger.example/acme is in the log, by the checkpoint for 300 entries',
        '  when     2026-03-02T10:00:07.000Z',
        '  who      usr_1 (human)',
        '  what     incident.acknowledge on incident:inc_7',
        '  decided  DENY by r.one: no \uFFFD[2J',
        '  entry    ent_00000007',
        '  witness  witness.example/w at 2023-11-14T22:13:20.000Z',
        '',
      ].join('\n'),
    ]);
  });

  test('is 1 for one that is not in the log, and 2 for what cannot be asked', async () => {
    const file = write(receipt(7).replace('index 7', 'index 8'));
    expect(await countersign('receipt', 'verify', file, '--key', logKey.vkey)).toMatchObject({
      code: 1,
      stdout: 'FAULT verify.proof_invalid: entry 8 is not in the log of `ledger.example/acme` at size 300\n',
    });
    expect((await countersign('receipt', 'verify', file, '--key', 'a+b')).code).toBe(2);
  });
});
