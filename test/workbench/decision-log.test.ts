import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readVerdict } from '../../src/policy/verdict.ts';
import {
  type DecisionEvent,
  decisionEvents,
  exportRecords,
  type LeftOut,
  type Records,
  resolveTool,
  run,
} from '../../src/workbench/index.ts';
import { runCountersign } from '../support/countersign-process.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { committed } from '../support/personal.ts';
import { query } from '../support/postgres.ts';
import { active, environmentOf, exported, type History, later, makeHistory, policies, recordsOf } from './recorded.ts';

let history: History;
let folder: string;

beforeAll(async () => {
  history = await makeHistory();
  folder = await exported(history.world);
});
afterAll(async () => {
  await history.world.close();
  removeFolders([folder]);
});

type Moments = { since?: Date; until?: Date };

async function read(records: Records, moments: Moments = {}): Promise<{ events: DecisionEvent[]; leftOut: LeftOut }> {
  const leftOut: LeftOut = { notDecisions: 0, outside: 0, malformed: 0, missing: 0 };
  const events: DecisionEvent[] = [];
  for await (const event of decisionEvents({ records, version: '1.2.3', ...moments }, leftOut)) events.push(event);
  return { events, leftOut };
}

const eventOf = (events: readonly DecisionEvent[], name: string): DecisionEvent | undefined =>
  events.find((event) => event.decision_id === history.named[name]);

test('every decision of the ledger is one event, in the order of its log, and nothing else is', async () => {
  const { events, leftOut } = await read(recordsOf(history.world));
  const rows = await query(
    history.world.ownerUrl,
    `select convert_from(body, 'UTF8')::jsonb -> 'data' -> 'decision' ->> 'decisionId' as id from ledger_leaf
     where convert_from(body, 'UTF8')::jsonb -> 'data' ? 'decision' order by tenant, seq`,
  );
  expect(rows.length).toBeGreaterThan(24);
  expect(events.map((event) => event.decision_id)).toEqual(rows.map(({ id }) => id));
  expect(leftOut).toEqual({ notDecisions: history.notDecisions, outside: 0, malformed: 0, missing: 0 });
});

test("an event has the fields of OPA's decision log, and what OPA has no field for under `custom`", async () => {
  const { events } = await read(recordsOf(history.world));
  const event = eventOf(events, 'sam approves what sam proposed');
  expect(event).toEqual({
    labels: { id: 'acme', version: '1.2.3', app: 'countersign' },
    decision_id: history.named['sam approves what sam proposed'],
    bundles: { countersign: { revision: active.manifest.revision } },
    path: active.manifest.entrypoint,
    input: expect.objectContaining({ action: 'orchestration.approve', actor: expect.objectContaining({ id: 'usr_sam' }) }),
    result: {
      result: 'DENY',
      ruleId: 'orchestration.four_eyes_approve',
      explanation: '`usr_sam` proposed this remedy and cannot approve it',
      rules: [expect.objectContaining({ ruleId: 'orchestration.four_eyes_approve', effect: 'DENY' })],
      challenge: null,
      obligations: [],
    },
    requested_by: 'usr_sam',
    timestamp: later,
    metrics: { timer_rego_query_eval_ns: expect.any(Number) },
    custom: {
      entry_id: history.named['sam approves what sam proposed']?.replace('dec_', 'ent_'),
      seq: expect.any(Number),
      policy_digest: active.manifest.digest,
      input_digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      input_state: 'exact',
      subject: expect.stringMatching(/^orchestration:orc_/),
    },
  });
  expect(eventOf(events, 'the engine fails')).toMatchObject({ error: { code: 'internal_error' }, result: { ruleId: 'engine.fault' } });
});

test('OPA itself gives the result of an event for its input, an ALLOW, a DENY and a STEP_UP', async () => {
  const { events } = await read(recordsOf(history.world));
  const opa = await resolveTool('opa');
  const work = makeFolder('decision-log');
  onTestFinished(() => removeFolders([work]));
  for (const name of ['rick executes', 'the same on a roaming device', 'rick executes with a password only']) {
    const event = eventOf(events, name);
    const input = join(work, 'input.json');
    writeFileSync(input, JSON.stringify(event?.input));
    const sources = ['lib', 'main', 'rules'].flatMap((part) => ['--data', join(policies, part)]);
    const { stdout } = await run(opa, [
      'eval',
      '--format',
      'json',
      ...sources,
      '--input',
      input,
      `data.${event?.path.replaceAll('/', '.')}`,
    ]);
    const { value } = JSON.parse(stdout).result[0].expressions[0];
    expect(readVerdict([{ result: value }])).toEqual(event?.result);
  }
});

test('from a moment on and up to another', async () => {
  const whole = (await read(recordsOf(history.world))).events;
  const first = await read(recordsOf(history.world), { until: new Date(later) });
  const second = await read(recordsOf(history.world), { since: new Date(later) });
  expect(second.events.length).toBeGreaterThan(0);
  expect([first.events.length, second.events.length]).toEqual([second.leftOut.outside, first.leftOut.outside]);
  expect(first.events.length + second.events.length).toBe(whole.length);
});

test('what cannot be read is counted, what was erased is pointed at', async () => {
  const copy = makeFolder('decision-log');
  onTestFinished(() => removeFolders([copy]));
  const text = readFileSync(join(folder, 'entries.jsonl'), 'utf8');
  writeFileSync(join(copy, 'entries.jsonl'), `${text}{"half":\n`);
  const { events, leftOut } = await read(await exportRecords(copy));
  expect(leftOut).toEqual({ notDecisions: history.notDecisions, outside: 0, malformed: 1, missing: 0 });
  expect(eventOf(events, 'sam approves what sam proposed')).toMatchObject({
    erased: ['/input/facts/request/justification'],
    input: { facts: { request: { justification: committed } } },
    custom: { input_state: 'erased' },
  });
  expect(eventOf(events, 'sam executes what sam approved')).toMatchObject({ custom: { input_state: 'exact' } });
  expect((await read(await exportRecords(folder))).events.length).toBe(events.length);
});

describe('countersign policy decisions', () => {
  const cli = (args: readonly string[]) => {
    const env = environmentOf(history.world, folder);
    return runCountersign(['policy', 'decisions', ...args], env, folder).endsWithin(20_000);
  };

  test('prints one event a line, from the database and from an export', async () => {
    const { events } = await read(await exportRecords(folder));
    for (const from of [
      ['--log', 'acme'],
      ['--export', folder],
    ]) {
      const { code, stdout, stderr } = await cli(from);
      expect([code, stderr]).toEqual([0, '']);
      const lines = stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
      expect(lines.map((line) => ({ ...line, labels: { ...line.labels, version: '1.2.3' } }))).toEqual(events);
    }
  });

  test('ends with 2 for a log that the database does not have', async () => {
    const { code, stdout, stderr } = await cli(['--log', 'initech']);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('error: there is no log `initech` in PostgreSQL at ')]);
  });

  test('ends with 1 when an entry cannot be read, and says so after the others', async () => {
    const copy = makeFolder('decision-log');
    onTestFinished(() => removeFolders([copy]));
    writeFileSync(join(copy, 'entries.jsonl'), `{"half":\n${readFileSync(join(folder, 'entries.jsonl'), 'utf8')}`);
    const { code, stdout, stderr } = await cli(['--export', copy]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('not in the events: 1 entries that cannot be read, 0 that are missing\n')]);
    expect(stdout.split('\n').length - 1).toBe((await read(await exportRecords(folder))).events.length);
  });
});
