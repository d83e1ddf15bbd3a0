import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DecisionId, entryOf, isId, newId } from '../../src/core/index.ts';
import { PolicyEngine } from '../../src/policy/index.ts';
import { valuesOf } from '../../src/workbench/explain/reads.ts';
import { type Explanation, explain, exportRecords } from '../../src/workbench/index.ts';
import { runCountersign } from '../support/countersign-process.ts';
import { codeOf } from '../support/errors.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { ledgerOver } from '../support/ledger.ts';
import { acme, engine, openWorld, sam, why } from '../support/world.ts';
import {
  active,
  compileCandidate,
  environmentOf,
  exported,
  flag,
  type History,
  later,
  makeHistory,
  recordsOf,
  withoutFourEyes,
} from './recorded.ts';

let history: History;
let sources: string;
let folder: string;
/** The active policy, had its rules said what they read. */
let reading: PolicyEngine;

beforeAll(async () => {
  history = await makeHistory();
  folder = await exported(history.world);
  sources = withoutFourEyes();
  const reads = ['input.actor.id', 'facts.orchestration.proposedBy', 'facts.approvals[_].actor', 'facts.freeze.nothing'];
  const rules = active.manifest.rules.map((rule) => ({ ...rule, reads }));
  reading = await PolicyEngine.load({ ...active, manifest: { ...active.manifest, rules } });
});
afterAll(async () => {
  await history.world.close();
  removeFolders([folder, sources]);
});

function idOf(name: string): DecisionId {
  const id = history.named[name] ?? '';
  if (!isId('decision', id)) throw new Error(`no decision is called ${name}`);
  return id;
}

async function explained(name: string, by: PolicyEngine = engine): Promise<Explanation> {
  const found = await explain(idOf(name), recordsOf(history.world), async () => by);
  if (found === undefined) throw new Error('it is not found');
  return found;
}

/** A copy of the export in which one decision's line is changed. */
function altered(name: string, from: string, to: string): string {
  const copy = makeFolder('explain-copy');
  const lines = readFileSync(join(folder, 'entries.jsonl'), 'utf8').split('\n');
  const changed = lines.map((line) => (line.includes(`"decisionId":"${idOf(name)}"`) ? line.replace(from, to) : line));
  writeFileSync(join(copy, 'entries.jsonl'), changed.join('\n'));
  writeFileSync(join(copy, 'checkpoint'), readFileSync(join(folder, 'checkpoint')));
  return copy;
}

test('a denial: who, what, when, by which policy, every unmet requirement in order with what it read', async () => {
  const found = await explained('the same on a roaming device', reading);
  expect(found).toMatchObject({
    decision: { result: 'DENY', ts: later, policy: { digest: active.manifest.digest, revision: active.manifest.revision } },
    entry: { id: entryOf(idOf('the same on a roaming device')), type: 'orchestration.approve', actor: { id: 'usr_sam', kind: 'human' } },
    determining: { ruleId: 'core.device_trust', title: 'Device trust', reference: 'seed 003 AL1; SOC 2 CC6.6' },
    input: { state: 'exact', input: { context: { deviceTrust: 'low' } } },
    effect: null,
    today: { policy: { digest: active.manifest.digest }, difference: undefined },
  });
  expect(found.unmet.map(({ ruleId, effect, title, explanation, remedy }) => [ruleId, effect, title, explanation, remedy])).toEqual([
    [
      'core.device_trust',
      'DENY',
      'Device trust',
      'device trust is `low`, `orchestration.approve` needs `medium`',
      'repeat the call from a managed device',
    ],
    [
      'orchestration.four_eyes_approve',
      'DENY',
      'Four eyes on approval',
      '`usr_sam` proposed this remedy and cannot approve it',
      'ask another sre or org-admin to approve',
    ],
  ]);
  expect(found.unmet[1]?.values).toEqual([
    { path: 'actor.id', value: 'usr_sam' },
    { path: 'facts.approvals', value: [] },
    { path: 'facts.freeze.nothing', value: undefined },
    { path: 'facts.orchestration.proposedBy', value: 'usr_sam' },
  ]);
});

test('an ALLOW names its grant, its effect and its place under a checkpoint', async () => {
  const found = await explained('rick executes', reading);
  expect(found).toMatchObject({ decision: { result: 'ALLOW' }, unmet: [], determining: { ruleId: 'orchestration.role_grant' } });
  expect(found.effect).toMatchObject({ status: 'EXECUTING', runId: expect.stringMatching(/^run_/) });
  const checkpoint = await history.world.ledger.checkpoint(acme);
  const receipt = await history.world.ledger.receipt(acme, entryOf(idOf('rick executes')));
  if (receipt?.status !== 'SEQUENCED') throw new Error('it is not sequenced');
  expect(found.place).toEqual({ log: 'acme', seq: receipt.seq, leafHash: receipt.leafHash, checkpointSize: checkpoint?.size });
  expect(found.determining.values).toContainEqual({ path: 'facts.approvals', value: [expect.objectContaining({ actor: 'usr_sam' })] });
});

test('what another policy would decide today', async () => {
  const other = await PolicyEngine.load(await compileCandidate(sources));
  const { today, determining } = await explained('sam approves what sam proposed', other);
  expect(today).toMatchObject({ policy: other.version, difference: 'DENY → ALLOW', verdict: { ruleId: 'orchestration.role_grant' } });
  expect(determining).toEqual({ ruleId: 'orchestration.four_eyes_approve', title: null, reference: null, values: [] });
});

test('an export gives what the database gives', async () => {
  const records = await exportRecords(folder);
  for (const name of Object.keys(history.named))
    expect(await explain(idOf(name), records, async () => engine)).toEqual(await explained(name));
});

test('an entry that waits for its place is explained, and said to wait', async () => {
  const world = await openWorld({ waitMilliseconds: 1 });
  const stuck = Object.assign(ledgerOver(world.database), {
    acknowledge: async (log: typeof acme, entryId: string) => ({ status: 'PENDING', log, entryId }),
  });
  const beside = await openWorld({ beside: world, ledger: stuck });
  const { decision } = await beside.govern('flag.set', sam, flag('a.b'));
  const found = await explain(decision.decisionId, recordsOf(world), async () => engine);
  expect(found).toMatchObject({
    place: { log: 'acme', seq: null, leafHash: null, checkpointSize: null },
    today: { difference: undefined },
  });
  await stuck.stop();
  await world.close();
});

test('an altered input, an erased one and a decision that is none are not guessed at', async () => {
  const name = 'sam executes what sam approved';
  const lowered = altered(name, '"deviceTrust":"high"', '"deviceTrust":"low"');
  const found = await explain(idOf(name), await exportRecords(lowered), async () => engine);
  expect(found).toMatchObject({ input: { state: 'altered' }, today: undefined });
  removeFolders([lowered]);
  const silent = makeFolder('explain-silent');
  cpSync(join(folder, 'entries.jsonl'), join(silent, 'entries.jsonl'));
  cpSync(join(folder, 'checkpoint'), join(silent, 'checkpoint'));
  const approval = idOf('sam approves what sam proposed');
  expect(await explain(approval, await exportRecords(silent), async () => engine)).toMatchObject({
    input: { state: 'erased', pointers: ['/input/facts/request/justification'] },
    today: undefined,
  });
  expect(await explained('sam approves what sam proposed')).toMatchObject({
    input: { state: 'exact', input: { facts: { request: { justification: why } } } },
  });
  removeFolders([silent]);
  const copy = altered(name, '"result":"DENY"', '"result":"MAYBE"');
  expect(await codeOf(explain(idOf(name), await exportRecords(copy), async () => engine))).toBe('records.malformed');
  removeFolders([copy]);
});

test('values are read by fixed paths, whatever the input is', () => {
  expect(valuesOf(['input.a.b', 'a.b', 'a.list[_].x', 'a.list[0]', '[_]', 'a.__proto__.x'], { a: { b: 1, list: [2] } })).toEqual([
    { path: 'a.__proto__.x', value: undefined },
    { path: 'a.b', value: 1 },
    { path: 'a.list', value: [2] },
  ]);
  expect(valuesOf(['a.b'], null)).toEqual([{ path: 'a.b', value: undefined }]);
});

describe('countersign policy explain', () => {
  const cli = (args: readonly string[]) => {
    const env = environmentOf(history.world, folder);
    return runCountersign(['policy', 'explain', ...args], env, folder).endsWithin(20_000);
  };

  test('explains from the database', async () => {
    const id = idOf('sam approves what sam proposed');
    const { code, stdout, stderr } = await cli([id]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('DENY by orchestration.four_eyes_approve · Four eyes on approval · SOC 2 CC5.1, separation of duties\n');
    expect(stdout).toContain(
      `\ndecision   ${id}\nwho        usr_sam (human; sre), purpose incident-response\nwhat       orchestration.approve on orc`,
    );
    expect(stdout).toContain('     → ask another sre or org-admin to approve\n');
    expect(stdout).toMatch(/\nledger {5}ent_\S+ at \d+ in log acme, leaf [0-9a-f]{64}, covered by the checkpoint of size \d+\n/);
    expect(stdout).toMatch(/\ntoday: the same policy decides the same\n$/);
  });

  test('as JSON from an export', async () => {
    const { code, stdout } = await cli([idOf('rick executes'), '--export', folder, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(await explained('rick executes'))));
  });

  test('what a log holds cannot act on a terminal', async () => {
    const name = 'sam approves what sam proposed';
    const copy = altered(name, '"explanation":"', '"explanation":"\\u001b[2Jall is well\\nALLOW ');
    const { code, stdout } = await cli([idOf(name), '--export', copy]);
    expect([code, stdout.split('\n')[1]]).toEqual([0, expect.stringContaining('  \uFFFD[2Jall is well\uFFFDALLOW `usr_sam` proposed')]);
    removeFolders([copy]);
  });

  test('ends with 1 for an id that no log has, with 2 for one that is none', async () => {
    const unknown = newId('decision');
    expect(await cli([unknown])).toMatchObject({ code: 1, stdout: '', stderr: `there is no decision ${unknown} in any log\n` });
    expect(await cli(['ent_1'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('`ent_1` is not the id of a decision'),
    });
  });
});
