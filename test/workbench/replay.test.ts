import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isJsonObject } from '../../src/core/index.ts';
import { differenceOf, isReworded } from '../../src/policy/difference.ts';
import type { PolicyBundle } from '../../src/policy/index.ts';
import { exportRecords, type ReplayReport, replay, ToolError } from '../../src/workbench/index.ts';
import { runCountersign } from '../support/countersign-process.ts';
import { refusalOf } from '../support/errors.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { query } from '../support/postgres.ts';
import { acme, openWorld, sam, why } from '../support/world.ts';
import {
  active,
  compileCandidate,
  environmentOf,
  exported,
  flag,
  type History,
  later,
  makeHistory,
  policies,
  recordsOf,
  withoutFourEyes,
} from './recorded.ts';

let history: History;
let sources: string;
let folder: string;
let planted: PolicyBundle;

beforeAll(async () => {
  history = await makeHistory();
  sources = withoutFourEyes();
  folder = await exported(history.world);
  planted = await compileCandidate(sources);
});
afterAll(async () => {
  await history.world.close();
  removeFolders([sources, folder]);
});

const all = (candidate: PolicyBundle, over: { log?: typeof acme; since?: Date; examples?: number } = {}): Promise<ReplayReport> =>
  replay({ records: recordsOf(history.world, over.log), candidate, since: over.since, examples: over.examples ?? 100 });

/** The name of each changed decision and how it changed. */
function changesOf({ groups }: ReplayReport): Record<string, string> {
  const names = new Map(Object.entries(history.named).map(([name, id]) => [id, name]));
  return Object.fromEntries(
    groups.flatMap(({ kind, examples }) => examples.map(({ decisionId }) => [names.get(decisionId) ?? decisionId, kind])),
  );
}

/** A copy of the export with its lines changed. */
function copyWith(change: (lines: string[]) => string[]): string {
  const copy = makeFolder('replay-copy');
  onTestFinished(() => removeFolders([copy]));
  cpSync(folder, copy, { recursive: true });
  const file = join(copy, 'entries.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  writeFileSync(
    file,
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return copy;
}

const named = (name: string): string => history.named[name] ?? '';
const holds = (line: string, name: string): boolean => line.includes(`"decisionId":"${named(name)}"`);

describe('of the decisions in a database', () => {
  test('the policy that made them changes nothing, and a failed engine is listed apart', async () => {
    const report = await all(active);
    expect(report).toMatchObject({
      candidate: { digest: active.manifest.digest, revision: active.manifest.revision },
      replayed: report.decisions - 1,
      unchanged: report.decisions - 1,
      changed: 0,
      reworded: 0,
      groups: [],
      notReplayable: { altered: { count: 0 }, erased: { count: 0 }, malformed: 0, missing: 0 },
      recordedBy: [{ digest: active.manifest.digest, revision: active.manifest.revision, count: report.decisions }],
    });
    expect(report.entries).toEqual({ read: report.decisions + history.notDecisions, before: 0, notDecisions: history.notDecisions });
    expect(report.faults.count).toBe(1);
    expect(report.faults.examples).toMatchObject([
      { decisionId: named('the engine fails'), recorded: { ruleId: 'engine.fault' }, candidate: { result: 'ALLOW' } },
    ]);
  });

  test('a candidate without four eyes changes exactly those that four eyes denied, each in its way', async () => {
    const report = await all(planted);
    expect(changesOf(report)).toEqual({
      'sam executes what sam approved': 'DENY → ALLOW',
      'the same with a password only': 'DENY → STEP_UP',
      'sam approves what sam proposed': 'DENY → ALLOW',
      'the same on a roaming device': 'other requirements',
    });
    expect(report.kinds).toEqual([
      { kind: 'DENY → ALLOW', count: 2 },
      { kind: 'DENY → STEP_UP', count: 1 },
      { kind: 'other requirements', count: 1 },
    ]);
    expect([report.changed, report.unchanged]).toEqual([4, report.replayed - 4]);
    const group = report.groups.find(({ action, kind }) => action === 'orchestration.approve' && kind === 'DENY → ALLOW');
    expect(group).toEqual({
      kind: 'DENY → ALLOW',
      action: 'orchestration.approve',
      roles: 'sre',
      recordedRule: 'orchestration.four_eyes_approve',
      candidateRule: 'orchestration.role_grant',
      count: 1,
      examples: [
        {
          decisionId: named('sam approves what sam proposed'),
          ts: later,
          actor: 'usr_sam',
          subject: expect.stringMatching(/^orchestration:orc_/),
          recorded: {
            result: 'DENY',
            ruleId: 'orchestration.four_eyes_approve',
            explanation: '`usr_sam` proposed this remedy and cannot approve it',
            unmet: ['orchestration.four_eyes_approve'],
          },
          candidate: {
            result: 'ALLOW',
            ruleId: 'orchestration.role_grant',
            explanation: 'role `sre` may `orchestration.approve`',
            unmet: [],
          },
        },
      ],
    });
  });

  test('only those since a moment, that moment included', async () => {
    const report = await all(planted, { since: new Date(later) });
    expect(Object.keys(changesOf(report))).toEqual(['sam approves what sam proposed', 'the same on a roaming device']);
    const { read, before, notDecisions } = report.entries;
    expect([before > 0, notDecisions, report.decisions]).toEqual([true, 0, read - before]);
    expect((await all(planted, { since: new Date(Date.parse(later) + 1) })).decisions).toBe(0);
  });

  test('one log or all of them', async () => {
    const [one, both] = [await all(active, { log: acme }), await all(active)];
    expect(both.decisions - one.decisions).toBe(2);
  });

  test('without examples the counts are the same', async () => {
    const [none, many] = [await all(planted, { examples: 0 }), await all(planted)];
    expect(none.groups.map(({ count, examples }) => [count, examples])).toEqual(many.groups.map(({ count }) => [count, []]));
    expect(none.kinds).toEqual(many.kinds);
  });

  test('what a superuser altered or took away is counted, not decided', async () => {
    const world = await openWorld();
    onTestFinished(() => world.close());
    const ids: string[] = [];
    for (const key of ['a.a', 'b.b', 'c.c']) ids.push((await world.govern('flag.set', sam, flag(key))).decision.decisionId);
    const replaced = `convert_to(replace(convert_from(body, 'UTF8'), '"sessionRisk":0', '"sessionRisk":1'), 'UTF8')`;
    await query(world.ownerUrl, `update ledger_leaf set body = ${replaced} where seq = 1`);
    await query(world.ownerUrl, 'delete from ledger_leaf where seq = 2');
    expect(await replay({ records: recordsOf(world), candidate: active, examples: 5 })).toMatchObject({
      decisions: 2,
      unchanged: 1,
      changed: 0,
      notReplayable: { altered: { count: 1, decisionIds: [ids[1]] }, erased: { count: 0 }, malformed: 0, missing: 1 },
    });
  });
});

describe('of the decisions in an export', () => {
  test('the answer is that of the database', async () => {
    const report = await replay({ records: await exportRecords(folder), candidate: planted, examples: 100 });
    expect(report.changed).toBe(4);
    expect(report).toEqual(await all(planted, { log: acme }));
  });

  test('several threads over many pages give the report of one, examples included', async () => {
    const records = await exportRecords(copyWith((lines) => Array.from({ length: 65 }, () => lines).flat()));
    const [one, three] = await Promise.all([1, 3].map((threads) => replay({ records, candidate: planted, examples: 150, threads })));
    expect(one).toMatchObject({ changed: 260, entries: { notDecisions: 65 } });
    expect(three).toEqual(one);
  });

  test('an altered input, an erased one and a broken line are counted as such and never guessed', async () => {
    const [altered, erased] = ['sam executes what sam approved', 'sam approves what sam proposed'];
    const copy = copyWith((lines) => [
      ...lines.map((line) => {
        if (holds(line, altered)) return line.replace('"deviceTrust":"high"', '"deviceTrust":"low"');
        return holds(line, 'vic executes') ? line.replace('"result":"DENY"', '"result":"MAYBE"') : line;
      }),
      '{"half":',
    ]);
    const disclosures = join(copy, 'disclosures.jsonl');
    const kept = readFileSync(disclosures, 'utf8')
      .split('\n')
      .filter((line) => !line.includes(named(erased).replace('dec_', 'ent_')));
    writeFileSync(disclosures, kept.join('\n'));
    const report = await replay({ records: await exportRecords(copy), candidate: planted, examples: 100 });
    expect(report.notReplayable).toEqual({
      altered: { count: 1, decisionIds: [named(altered)] },
      erased: { count: 1, decisionIds: [named(erased)] },
      malformed: 2,
      missing: 0,
    });
    expect(Object.keys(changesOf(report)).toSorted()).toEqual(['the same on a roaming device', 'the same with a password only']);
  });

  test('without what people wrote, every decision that was asked with a reason is erased', async () => {
    const copy = copyWith((lines) => lines);
    rmSync(join(copy, 'disclosures.jsonl'));
    const report = await replay({ records: await exportRecords(copy), candidate: planted, examples: 100 });
    const asked = readFileSync(join(copy, 'entries.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"committed":'));
    expect(report.notReplayable.erased.count).toBe(asked.length);
    expect(report.decisions - report.replayed - report.faults.count).toBe(asked.length);
  });

  test('what is disclosed falsely is no input', async () => {
    const copy = copyWith((lines) => lines);
    const disclosures = join(copy, 'disclosures.jsonl');
    const name = 'sam approves what sam proposed';
    const forged = (line: string) => (line.includes(named(name).replace('dec_', 'ent_')) ? line.replace(why, 'because I say so') : line);
    writeFileSync(disclosures, readFileSync(disclosures, 'utf8').split('\n').map(forged).join('\n'));
    const { notReplayable } = await replay({ records: await exportRecords(copy), candidate: planted, examples: 100 });
    expect(notReplayable).toMatchObject({ altered: { count: 1, decisionIds: [named(name)] }, erased: { count: 0 } });
  });

  test.each(['{"half":', '{"entryId":"ent_1","path":"/a","salt":"b"}'])('a line that is no disclosure is refused: %s', async (line) => {
    const copy = copyWith((lines) => lines);
    writeFileSync(join(copy, 'disclosures.jsonl'), `${line}\n`);
    const asked = exportRecords(copy).then((records) => replay({ records, candidate: planted, examples: 1 }));
    expect((await refusalOf(asked)).code).toBe('records.unreadable');
  });

  test('an input is known by its digest, in whatever order its keys are written', async () => {
    const reversed = (_: string, value: unknown): unknown =>
      isJsonObject(value) ? Object.fromEntries(Object.entries(value).toReversed()) : value;
    const copy = copyWith((lines) => lines.map((line) => JSON.stringify(JSON.parse(line), reversed)));
    const report = await replay({ records: await exportRecords(copy), candidate: planted, examples: 100 });
    expect(report).toEqual(await all(planted, { log: acme }));
  });

  test('a folder that is none is refused', async () => {
    expect(await refusalOf(exportRecords('/nowhere'))).toMatchObject({ code: 'records.unreadable' });
  });
});

describe('a candidate', () => {
  test('may be a compiled folder, which is not compiled again', async () => {
    const asked = compileCandidate(join(policies, 'dist'));
    expect((await asked).manifest).toEqual(active.manifest);
  });

  test.each(['/nowhere', 'empty'])('is refused when there is no policy in it: %s', async (name) => {
    const empty = makeFolder('replay-empty');
    onTestFinished(() => removeFolders([empty]));
    mkdirSync(join(empty, 'golden'));
    const refusal = refusalOf(compileCandidate(name === 'empty' ? empty : name));
    expect(await refusal).toMatchObject({ code: 'policy.malformed' });
    expect(await refusal).toBeInstanceOf(ToolError);
  });

  test('that no engine can load ends the replay, which does not wait for it', async () => {
    const broken = { ...active, wasm: Buffer.from('not a module') };
    await expect(all(broken)).rejects.toThrow('expected magic word');
  });
});

describe('two verdicts', () => {
  const rule = { ruleId: 'a.b', effect: 'DENY' as const, explanation: 'because', remedy: 'do not' };
  const denied = {
    result: 'DENY' as const,
    ruleId: 'a.b',
    explanation: 'because',
    rules: [rule],
    challenge: null,
    obligations: ['x', 'y'],
  };
  const steppedUp = { ...denied, result: 'STEP_UP' as const, challenge: { acrValues: 'mfa', maxAge: 900 } };

  test.each([
    ['DENY → STEP_UP', denied, steppedUp],
    ['other rule', denied, { ...denied, ruleId: 'c.d' }],
    ['other requirements', denied, { ...denied, rules: [rule, { ...rule, ruleId: 'c.d' }] }],
    ['other requirements', denied, { ...denied, rules: [{ ...rule, effect: 'STEP_UP' as const }] }],
    ['other challenge', steppedUp, { ...steppedUp, challenge: { acrValues: 'mfa', maxAge: 901 } }],
    ['other obligations', denied, { ...denied, obligations: ['x'] }],
    [undefined, denied, { ...denied, obligations: ['y', 'x'], explanation: 'in other words', rules: [{ ...rule, remedy: 'ask' }] }],
  ])('differ by %s', (difference, one, other) => {
    expect(differenceOf(one, other)).toBe(difference);
    expect(differenceOf(other, one) === undefined).toBe(difference === undefined);
  });

  test('may do the same in other words', () => {
    expect(isReworded(denied, structuredClone(denied))).toBe(false);
    expect(isReworded(denied, { ...denied, explanation: 'therefore' })).toBe(true);
    expect(isReworded(denied, { ...denied, rules: [{ ...rule, remedy: 'ask' }] })).toBe(true);
  });
});

describe('countersign policy replay', () => {
  const cli = (args: readonly string[]) => {
    const env = environmentOf(history.world, folder);
    return runCountersign(['policy', 'replay', ...args], env, folder).endsWithin(20_000);
  };

  test('ends with 0 when nothing changes, and says how many it decided', async () => {
    const ended = await cli(['--candidate', join(policies, 'dist'), '--log', 'acme']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const { replayed, decisions } = await all(active, { log: acme });
    expect(ended.stdout).toContain(`\n${replayed} of ${decisions} decisions replayed: ${replayed} unchanged, 0 changed\n`);
  });

  test('ends with 1 when something changes: sources, all logs, JSON', async () => {
    const ended = await cli(['--candidate', sources, '--json', '--examples', '100']);
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(ended.stdout)).toEqual(await all(planted));
  });

  test('shows what was and what would be', async () => {
    const { stdout, code } = await cli(['--candidate', sources, '--export', folder, '--since', '2026-03-03']);
    expect(code).toBe(1);
    expect(stdout).toContain(
      [
        'DENY → ALLOW: 1 × orchestration.approve as sre, orchestration.four_eyes_approve → orchestration.role_grant',
        `  ${named('sam approves what sam proposed')} ${later} usr_sam on orchestration:`,
      ].join('\n'),
    );
    expect(stdout).toContain('    would ALLOW by orchestration.role_grant: role `sre` may `orchestration.approve`');
  });

  test.each([
    ['no candidate', [], "required option '--candidate <folder>' not specified"],
    ['a moment that is none', ['--candidate', '/nowhere', '--since', 'yesterday'], '--since is `yesterday`, which is not a moment'],
    ['two places', ['--candidate', '/nowhere', '--log', 'acme', '--export', '.'], 'cannot be used with option'],
  ])('ends with 2 for %s', async (_, args, said) => {
    const { code, stderr } = await cli(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  });
});
