import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/core/index.ts';
import { startTestGateway, type TestGateway } from '../support/countersign.ts';
import { act, approved, mfa, mutation, openIncident } from '../support/walk.ts';

let gateway: TestGateway;
/** What tenant alpha has. */
let incidentId: string;
let orchestrationId: string;
let planHash: string;
let entryId: string;
let breakGlassId: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  incidentId = await openIncident(gateway, 'alpha-only');
  ({ id: orchestrationId, planHash } = await approved(gateway, incidentId));
  const grave = await openIncident(gateway, 'alpha-grave', { labels: { alertname: 'BackendServiceDown' } });
  const declared = await act(gateway, 'declareBreakGlass', emergency(grave), { as: 'sre', over: mfa });
  breakGlassId = declared.breakGlass?.id ?? '';
  const page = await gateway.graphql<{ timeline: { entries: { entryId: string }[] } }>(
    'auditor',
    'query ($subject: String!) { timeline(subject: $subject) { entries { entryId } } }',
    { subject: `incident:${incidentId}` },
  );
  entryId = page.data.timeline.entries[0]?.entryId ?? '';
});
afterAll(() => gateway.stop());

const unknown = {
  incident: newId('incident'),
  orchestration: newId('orchestration'),
  entry: newId('entry'),
  breakglass: newId('breakglass'),
};

/** The answer without what every decision has of its own; the id that was asked for reads the same. */
function comparable(text: string, id: string): string {
  return text
    .replaceAll(id, '<id>')
    .replaceAll(/"(decisionId|entryId|leafHash|inputDigest)":"[^"]+"/g, '"$1":"<own>"')
    .replaceAll(/"(ts)":"[^"]+"/g, '"$1":"<time>"')
    .replaceAll(/"(seq|micros)":\d+/g, '"$1":0');
}

async function ask(document: string, variables: object, id: string) {
  const { status, headers, text } = await gateway.graphql('org-admin@beta', document, variables, mfa);
  return { status, rule: headers.get('x-ig-rule-id'), text: comparable(text, id) };
}

const emergency = (incident: string) => ({
  incidentId: incident,
  justification: 'checkout is down and nobody else is awake',
  minutes: 5,
});
const justification = 'I looked at the plan';
const mutations: readonly [string, keyof typeof unknown, (id: string) => object][] = [
  ['acknowledge', 'incident', (id) => ({ incidentId: id })],
  ['resolve', 'incident', (id) => ({ incidentId: id, summary: 'over' })],
  ['propose', 'incident', (id) => ({ incidentId: id, adapter: 'simulate', operation: 'restart', targets: ['a'], justification })],
  ['dryRun', 'orchestration', (id) => ({ orchestrationId: id })],
  ['approve', 'orchestration', (id) => ({ orchestrationId: id, planHash, justification })],
  ['reject', 'orchestration', (id) => ({ orchestrationId: id, justification })],
  ['execute', 'orchestration', (id) => ({ orchestrationId: id, planHash })],
  ['declareBreakGlass', 'incident', emergency],
  ['reviewBreakGlass', 'breakglass', (id) => ({ breakGlassId: id, verdict: 'JUSTIFIED', comment: 'the pager log shows it' })],
];

describe('another tenant’s id answers exactly like an unknown one', () => {
  const own = () => ({ incident: incidentId, orchestration: orchestrationId, entry: entryId, breakglass: breakGlassId });

  it('is asked about things that exist', () => {
    expect(own()).toEqual({
      incident: expect.stringMatching(/^inc_/),
      orchestration: expect.stringMatching(/^orc_/),
      entry: expect.stringMatching(/^ent_/),
      breakglass: expect.stringMatching(/^brk_/),
    });
  });

  it('query `timeline`: no entries, even before beta has asked for anything', async () => {
    const document =
      'query ($of: String!) { timeline(subject: $of) { decision { result ruleId explanation } receipt { status } entries { seq } } }';
    const foreign = await ask(document, { of: `incident:${incidentId}` }, incidentId);
    expect(foreign).toEqual(await ask(document, { of: `incident:${unknown.incident}` }, unknown.incident));
    expect(foreign.text).toBe(
      '{"data":{"timeline":{"decision":{"result":"ALLOW","ruleId":"ledger.role_grant","explanation":"role `org-admin` may `ledger.read_timeline`"},"receipt":{"status":"SEQUENCED"},"entries":[]}}}',
    );
  });

  it.each(mutations)('mutation `%s`', async (name, kind, input) => {
    const whole = mutation(name).replace(
      'decision {',
      'decision { action obligations policy { digest } inputDigest tenant purpose ts micros',
    );
    const foreign = await ask(whole, { input: input(own()[kind]) }, own()[kind]);
    const missing = await ask(whole, { input: input(unknown[kind]) }, unknown[kind]);
    expect(foreign).toEqual(missing);
    expect(foreign).toMatchObject({ status: 200, rule: 'core.resource_known' });
    expect(foreign.text).toContain(`"explanation":"there is no ${kind} \`<id>\`"`);
  });

  it.each([
    ['incident', 'incident', 'query ($id: ID!) { incident(id: $id) { id title } }', '{"data":{"incident":null}}'],
    ['orchestration', 'orchestration', 'query ($id: ID!) { orchestration(id: $id) { id planHash } }', '{"data":{"orchestration":null}}'],
    ['receipt', 'entry', 'query ($id: ID!) { receipt(entryId: $id) { status seq } }', '{"data":{"receipt":null}}'],
    [
      'incidents',
      'incident',
      'query ($id: String) { incidents(after: $id) { edges { node { id } } } }',
      '{"data":{"incidents":{"edges":[]}}}',
    ],
    ['breakGlass', 'breakglass', 'query ($id: ID!) { breakGlass(id: $id) { id reviews { comment } } }', '{"data":{"breakGlass":null}}'],
    [
      'breakGlasses',
      'breakglass',
      'query ($id: String) { breakGlasses(after: $id) { edges { node { id } } } }',
      '{"data":{"breakGlasses":{"edges":[]}}}',
    ],
  ] as const)('query `%s`', async (_name, kind, document, nothing) => {
    const foreign = await ask(document, { id: own()[kind] }, own()[kind]);
    expect(foreign).toEqual(await ask(document, { id: unknown[kind] }, unknown[kind]));
    expect(foreign).toEqual({ status: 200, rule: null, text: nothing });
  });

  it('query `entryProof`: no proof', async () => {
    const document =
      'query ($id: ID!) { entryProof(entryId: $id) { decision { result ruleId explanation rules { ruleId } } proof { seq } } }';
    const foreign = await ask(document, { id: entryId }, entryId);
    expect(foreign).toEqual(await ask(document, { id: unknown.entry }, unknown.entry));
    expect(foreign.text).toBe(
      '{"data":{"entryProof":{"decision":{"result":"DENY","ruleId":"core.resource_known","explanation":"there is no entry `<id>`","rules":[{"ruleId":"core.resource_known"}]},"proof":null}}}',
    );
  });

  it('counts every query and mutation that takes an id', async () => {
    const { data } = await gateway.graphql<{
      __schema: { types: { name: string; fields: { name: string; args: { name: string }[] }[] | null }[] };
    }>('viewer', '{ __schema { types { name fields { name args { name } } } } }');
    const root = (name: string) => data.__schema.types.find((type) => type.name === name)?.fields ?? [];
    const withId = root('Query').filter(({ args }) => args.some((arg) => /id$/i.test(arg.name) || ['after', 'subject'].includes(arg.name)));
    expect(withId.map(({ name }) => name)).toEqual([
      'incident',
      'incidents',
      'orchestration',
      'breakGlass',
      'breakGlasses',
      'receipt',
      'timeline',
      'entries',
      'entryProof',
      'evidenceReleases',
      'evidenceBundles',
    ]);
    const tested = mutations.map(([name]) => name);
    expect(
      root('Mutation')
        .map(({ name }) => name)
        .filter((name) => !tested.includes(name)),
    ).toEqual([
      ...['setFlag', 'publishPolicy', 'rollbackPolicy', 'eraseSubject', 'archiveLedger'],
      ...['registerEvidence', 'waiveEvidence', 'publishEvidence', 'promoteRelease'],
    ]); // no ids; another tenant's digest is tried in test/bundles and test/catalog, a person of another in test/privacy
  });

  it('shows beta no flag that alpha set', async () => {
    const input = { key: 'search.index', enabled: false, justification: 'only for tenant alpha' };
    await gateway.graphql('sre@alpha', mutation('setFlag'), { input });
    const { text } = await gateway.graphql('sre@beta', '{ flags { key } checkpoint { size } }');
    // What beta asked above is in its own log; alpha's is longer.
    expect(JSON.parse(text).data.flags.map(({ key }: { key: string }) => key)).toEqual(['remediation.kill-switch']);
  });
});
