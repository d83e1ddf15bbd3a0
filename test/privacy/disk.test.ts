import { randomBytes } from 'node:crypto';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, packageRoot, readEnv } from '../../src/config/index.ts';
import { fixedClock, tenantId } from '../../src/core/index.ts';
import { exportLog, fileAnchor, Ledger, readLedgerKey } from '../../src/ledger/index.ts';
import { verifyExport } from '../../src/ledger/verify/index.ts';
import { type Running, startCountersign } from '../../src/main.ts';
import { readBundle } from '../../src/policy/index.ts';
import { attachStorage, EmbeddedPostgres, type Storage } from '../../src/storage/index.ts';
import { createLogger, Metrics, Tracing } from '../../src/telemetry/index.ts';
import { readMasterKeys, Vault } from '../../src/vault/index.ts';
import { databaseRecords, exportRecords, replay, writeDisclosures } from '../../src/workbench/index.ts';
import { clientOf, type GatewayClient, testSettings, webhookKey, webhookToken } from '../support/countersign.ts';
import { eventually } from '../support/deadline.ts';
import { filesHolding } from '../support/disk.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { query } from '../support/postgres.ts';
import { act, mfa, openIncident, planned } from '../support/walk.ts';

const alpha = tenantId('alpha');
const clock = fixedClock(new Date().toISOString());
/** 192 random bits, so that what is found is what was written, and in no form that compression would hide. */
const marker = (): string => `mark${randomBytes(24).toString('hex')}`;
const marks = { responder: marker(), sre: marker(), viewer: marker(), auditor: marker(), admin: marker() };
const said = (who: keyof typeof marks): string => `because ${marks[who]} says so`;
const all = Object.values(marks);

let folder: string;
let data: string;
let running: Running;
let gateway: GatewayClient;
let storage: Storage;
let config: ReturnType<typeof loadConfig>;
const log: string[] = [];
const ids = { incident: '', orchestration: '', breakGlass: '', flagEntry: '' };

beforeAll(async () => {
  folder = makeFolder('disk');
  cpSync(join(packageRoot(), 'config'), join(folder, 'config'), { recursive: true });
  writeFileSync(join(folder, 'config', 'countersign.yaml'), JSON.stringify(testSettings));
  const dataDir = join(folder, 'data');
  config = loadConfig(
    readEnv({
      COUNTERSIGN_CONFIG: join(folder, 'config'),
      COUNTERSIGN_DATA: dataDir,
      PORT: '0',
      WEBHOOK_TOKEN: webhookToken,
      WEBHOOK_KEY: webhookKey,
    }),
  );
  const telemetry = {
    log: createLogger('debug', { write: (line: string) => void log.push(line) }),
    metrics: new Metrics(),
    tracing: new Tracing(undefined),
  };
  running = await startCountersign(config, { clock, telemetry });
  gateway = clientOf({ url: running.url, issuer: running.issuer ?? '', dataDir, clock });
  storage = await attachStorage({ dataDir });
  data = join(EmbeddedPostgres.attach({ dataDir }).folder, 'data');
  await withoutCompression();
  await write();
});
afterAll(async () => {
  await storage.close();
  await running.stop();
  removeFolders([folder]);
});

/** A compressed value holds no text in one piece; here nothing may hide from the scan. */
async function withoutCompression(): Promise<void> {
  const commands = await query(
    storage.ownerUrl,
    `select format('alter table %s alter column %I set storage external', c.oid::regclass, a.attname) as sql
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'pgboss'::regnamespace) and a.attstorage in ('x', 'm')`,
  );
  expect(commands.length).toBeGreaterThan(30);
  for (const { sql } of commands) await query(storage.ownerUrl, String(sql));
}

/** Everybody writes something wherever they can, allowed or not, under an idempotency key. */
async function write(): Promise<void> {
  const key = () => randomBytes(16).toString('hex');
  ids.incident = await openIncident(gateway, 'disk', { labels: { alertname: 'BackendServiceDown', service: 'checkout' } });
  const plan = await planned(gateway, ids.incident, { justification: said('responder') });
  ids.orchestration = plan.id;
  const approval = { orchestrationId: plan.id, planHash: plan.planHash, justification: said('sre') };
  await act(gateway, 'approve', approval, { as: 'sre', key: key(), over: mfa });
  const declaration = { incidentId: ids.incident, justification: said('responder'), minutes: 1 };
  const declared = await act(gateway, 'declareBreakGlass', declaration, { as: 'responder', key: key(), over: mfa });
  ids.breakGlass = declared.breakGlass?.id ?? '';
  await act(gateway, 'reject', { orchestrationId: plan.id, justification: said('sre') }, { as: 'sre', key: key(), over: mfa });
  const flag = { key: 'search.index', enabled: true };
  ids.flagEntry = (
    await act(gateway, 'setFlag', { ...flag, justification: said('sre') }, { as: 'sre', key: key(), over: mfa })
  ).receipt.entryId;
  const denied = await act(gateway, 'setFlag', { ...flag, justification: said('viewer') }, { as: 'viewer', key: key() });
  expect(denied.decision.result).toBe('DENY');
  clock.advance(61_000);
  const review = { breakGlassId: ids.breakGlass, verdict: 'JUSTIFIED', comment: said('auditor') };
  await act(gateway, 'reviewBreakGlass', review, { as: 'auditor', key: key(), over: mfa });
  await act(gateway, 'resolve', { incidentId: ids.incident, summary: said('sre') }, { as: 'sre', key: key() });
}

type Read = {
  readonly flags: readonly { readonly key: string; readonly reason: string | null }[];
  readonly orchestration: { readonly justification: string | null };
  readonly breakGlass: { readonly justification: string | null; readonly reviews: readonly { readonly comment: string | null }[] };
  readonly timeline: { readonly entries: readonly { readonly type: string; readonly data: object }[] };
  readonly entryProof: { readonly proof: { readonly disclosures: readonly { readonly path: string; readonly value: string }[] } };
};
const everywhere = `query ($orchestration: ID!, $breakGlass: ID!, $incident: String!, $entry: ID!) {
  flags { key reason }
  orchestration(id: $orchestration) { justification }
  breakGlass(id: $breakGlass) { justification reviews { comment } }
  timeline(subject: $incident) { entries { type data } }
  entryProof(entryId: $entry) { proof { disclosures { path value } } }
}`;

/** All that GraphQL shows of what was written. */
async function read(): Promise<Read> {
  const variables = { ...ids, incident: `incident:${ids.incident}`, entry: ids.flagEntry };
  await eventually('a checkpoint covers the entry', async () => {
    const { data: answer } = await gateway.graphql<Read>('org-admin', everywhere, variables);
    return answer.entryProof.proof === null ? undefined : true;
  });
  const { data: answer, errors } = await gateway.graphql<Read>('org-admin', everywhere, variables);
  expect(errors).toBeUndefined();
  return answer;
}

async function settle(): Promise<void> {
  await query(storage.ownerUrl, 'vacuum full');
  await query(storage.ownerUrl, 'checkpoint');
}

const erase = async (subject: string) => {
  const document = `mutation ($input: EraseSubjectInput!) { eraseSubject(input: $input) { decision { result ruleId } receipt { status } erased { subject keys disclosures } } }`;
  const input = { subject, justification: said('admin') };
  type Answer = {
    eraseSubject: { decision: object; receipt: object; erased: { subject: string; keys: number; disclosures: number } | null };
  };
  return (await gateway.graphql<Answer>('org-admin', document, { input }, mfa)).data.eraseSubject;
};

const replayed = async () => {
  const vault = new Vault(readMasterKeys(config));
  const candidate = readBundle(join(packageRoot(), 'policies', 'dist'));
  return replay({ records: databaseRecords(storage, vault, alpha), candidate, examples: 100 });
};

/** Decisions of the log that commit to something written by one of some people. */
async function commitments(...actors: readonly string[]): Promise<number> {
  const [row] = await query(
    storage.ownerUrl,
    `select count(*)::int as n from (select convert_from(body, 'utf8')::jsonb as leaf from ledger_leaf where tenant = 'alpha') leaves
     where jsonb_path_exists(leaf, '$.data.input.**.committed') and leaf -> 'actor' ->> 'id' = any($1)`,
    [actors],
  );
  return Number(row?.['n']);
}

describe('what people write', () => {
  it('is readable, and in no file of the database: no table, no index, no write-ahead log', async () => {
    const answer = await read();
    expect(answer.flags).toEqual([{ key: 'search.index', reason: said('sre') }]);
    expect(answer.orchestration).toEqual({ justification: said('responder') });
    expect(answer.breakGlass).toEqual({ justification: said('responder'), reviews: [{ comment: said('auditor') }] });
    const entries = JSON.stringify(answer.timeline.entries);
    for (const who of ['responder', 'sre', 'auditor'] as const) expect(entries).toContain(said(who));
    expect(answer.entryProof.proof.disclosures).toEqual([
      expect.objectContaining({ path: '/data/input/facts/request/justification', value: said('sre') }),
    ]);
    await query(storage.ownerUrl, 'checkpoint');
    expect(await filesHolding(data, all)).toEqual([]);
    expect(all.filter((mark) => log.join('').includes(mark))).toEqual([]);
  });

  it('would be found: what is plain is found in tables, in leaves and in the write-ahead log', async () => {
    const [target, row] = [marker(), marker()];
    const incidentId = await openIncident(gateway, 'control');
    await planned(gateway, incidentId, { targets: [target], justification: 'the control of this test' });
    await query(storage.ownerUrl, `create table control (plain text, base64 text, hex text)`);
    const encoded = Buffer.from(`x${row}`).toString('base64');
    await query(storage.ownerUrl, `insert into control values ('', $1, '')`, [encoded]);
    await query(storage.ownerUrl, 'checkpoint');
    const found = await filesHolding(data, [target, row]);
    expect(found.filter((file) => file.startsWith('pg_wal/')).map((file) => file.split(': ')[1])).toEqual(
      expect.arrayContaining([target, row]),
    );
    expect(found.filter((file) => file.startsWith('base/') && file.endsWith(target)).length).toBeGreaterThanOrEqual(3); // row, job, leaf
    expect(found.filter((file) => file.startsWith('base/') && file.endsWith(row))).toHaveLength(1);
  });
});

describe('an erasure', () => {
  it('asks for a second factor, and for another than the person themselves', async () => {
    const document = `mutation ($input: EraseSubjectInput!) { eraseSubject(input: $input) { decision { result ruleId } erased { keys } } }`;
    const ask = async (as: string, subject: string, over = {}) => {
      const input = { subject, justification: said('admin') };
      const answer = await gateway.graphql<{ eraseSubject: { decision: { result: string; ruleId: string } } }>(
        as,
        document,
        { input },
        over,
      );
      return `${answer.data.eraseSubject.decision.result} ${answer.data.eraseSubject.decision.ruleId}`;
    };
    expect([
      await ask('org-admin', 'person:sre@alpha'),
      await ask('org-admin', 'person:org-admin@alpha', mfa),
      await ask('auditor', 'person:sre@alpha', mfa),
      await ask('org-admin@beta', 'person:sre@alpha', mfa), // of another tenant: there is no such key
    ]).toEqual(['STEP_UP privacy.step_up', 'DENY privacy.another_person', 'DENY default.no_grant', 'ALLOW privacy.role_grant']);
    expect((await read()).flags[0]?.reason).toBe(said('sre'));
  });

  it('leaves nothing that anybody could read, and the log whole', async () => {
    const [key] = await query(
      storage.ownerUrl,
      `select wrapped_key from subject_key where tenant = 'alpha' and subject = 'person:sre@alpha'`,
    );
    const before = await replayed();
    expect(before.notReplayable.erased.count).toBe(0);
    const gone = { responder: await commitments('responder@alpha'), sre: await commitments('sre@alpha') };
    const erased = { decision: { result: 'ALLOW', ruleId: 'privacy.role_grant' }, receipt: { status: 'SEQUENCED' } };
    expect(await erase('person:sre@alpha')).toEqual({ ...erased, erased: { subject: 'person:sre@alpha', keys: 1, disclosures: 6 } });
    expect(await erase('person:responder@alpha')).toMatchObject({ erased: { keys: 1 } });
    expect(await erase('person:sre@alpha')).toMatchObject({ ...erased, erased: { keys: 0, disclosures: 0 } });
    await settle();

    const answer = await read();
    expect(answer.flags).toEqual([{ key: 'search.index', reason: null }]);
    expect(answer.orchestration).toEqual({ justification: null });
    expect(answer.breakGlass).toEqual({ justification: null, reviews: [{ comment: said('auditor') }] });
    expect(answer.entryProof.proof.disclosures).toEqual([]);
    const entries = JSON.stringify(answer.timeline.entries);
    expect([entries.includes(marks.sre), entries.includes(marks.responder), entries.includes(said('auditor'))]).toEqual([
      false,
      false,
      true,
    ]);
    expect(await filesHolding(data, all)).toEqual([]);
    expect(await query(storage.ownerUrl, 'select from subject_key where wrapped_key = $1', [key?.['wrapped_key']])).toEqual([]);

    const after = await replayed();
    expect(after.notReplayable).toMatchObject({
      altered: { count: 0 },
      erased: { count: gone.responder + gone.sre },
      malformed: 0,
      missing: 0,
    });
    expect([gone.sre, after.changed]).toEqual([3, 0]);
  });

  it('stands in the log by its type, with what it came to and by whom', async () => {
    const rows = await query(
      storage.ownerUrl,
      `select convert_from(body, 'utf8')::jsonb as leaf from ledger_leaf where tenant = 'alpha' and convert_from(body, 'utf8') like '%"type":"subject.erased"%' order by seq`,
    );
    expect(rows.map(({ leaf }) => Object(leaf)).map(({ subject, actor, data: said_ }) => ({ subject, actor, data: said_ }))).toEqual(
      [
        { subject: 'person:sre@alpha', disclosures: 6 },
        { subject: 'person:responder@alpha', disclosures: expect.any(Number) },
      ].map(({ subject, disclosures }) => ({
        subject,
        actor: { id: 'org-admin@alpha', kind: 'human' },
        data: { decisionId: expect.stringMatching(/^dec_/), keys: 1, disclosures },
      })),
    );
  });

  it('an export verifies; disclosed, it holds what was not erased and nothing else', async () => {
    const out = join(folder, 'export');
    const anchor = fileAnchor(join(config.dataDir, 'checkpoints'));
    const ledger = new Ledger({ database: storage.database, key: readLedgerKey(config), anchor, ...config.ledger });
    await exportLog(storage.database, ledger, alpha, out);
    expect(await filesHolding(out, all)).toEqual([]);
    const written = await writeDisclosures(storage.database, new Vault(readMasterKeys(config)), alpha, out);
    expect(written).toBeGreaterThan(0);
    expect(await filesHolding(out, all)).toEqual(
      [marks.admin, marks.auditor, marks.viewer].map((mark) => `disclosures.jsonl: ${mark}`).toSorted(),
    );
    expect(await verifyExport(out, { verifierKey: ledger.verifierKey(alpha), since: undefined })).toMatchObject({ faults: [] });
    const candidate = readBundle(join(packageRoot(), 'policies', 'dist'));
    const { notReplayable } = await replay({ records: await exportRecords(out), candidate, examples: 1 });
    expect(notReplayable.erased.count).toBe((await replayed()).notReplayable.erased.count);
  });

  it('what the person writes afterwards is theirs again', async () => {
    await act(gateway, 'setFlag', { key: 'search.index', enabled: true, justification: said('sre') }, { as: 'sre', over: mfa });
    expect((await read()).flags).toEqual([{ key: 'search.index', reason: said('sre') }]);
    expect(await erase('person:sre@alpha')).toMatchObject({ erased: { keys: 1, disclosures: 1 } });
    expect((await read()).flags).toEqual([{ key: 'search.index', reason: null }]);
  });
});
