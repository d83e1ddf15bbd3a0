import { describe, expect, test } from 'vitest';
import { digestOf, newId, tenantId } from '../../src/core/index.ts';
import type { Decision } from '../../src/govern/index.ts';
import { groupKeyOf, parseAlertmanager } from '../../src/incidents/alertmanager.ts';
import { type Classification, classificationSchema, classify, freezeAt, measureOrchestrations } from '../../src/incidents/index.ts';
import { graver } from '../../src/incidents/model.ts';
import { planHash } from '../../src/incidents/plan.ts';
import { Metrics } from '../../src/telemetry/index.ts';
import { engine, classification as shipped } from '../support/world.ts';

describe('the plan hash', () => {
  const remedy = { adapter: 'k8s', operation: 'restart', targets: ['a', 'b'], parameters: { grace: 5, deep: { x: 1, y: 2 } } };
  const answer = {
    runId: 'run_1',
    agent: 'k8s',
    httpStatus: 200,
    attempts: 1,
    body: { changes: ['one'] },
    bodyDigest: 'sha256:1',
    cut: false,
  };
  const hash = planHash(remedy, answer, 'rev-1');

  test('is a digest, the same in every run', () => {
    expect(hash).toBe('sha256:0ad9e9d2f6e13f494f370e2b084ab149d93cc40cb998feb04c293240bf6e88bf');
  });

  test.each([
    ['adapter', () => planHash({ ...remedy, adapter: 'other' }, answer, 'rev-1')],
    ['operation', () => planHash({ ...remedy, operation: 'stop' }, answer, 'rev-1')],
    ['a target more', () => planHash({ ...remedy, targets: ['a', 'b', 'c'] }, answer, 'rev-1')],
    ['a target less', () => planHash({ ...remedy, targets: ['a'] }, answer, 'rev-1')],
    ['order of targets', () => planHash({ ...remedy, targets: ['b', 'a'] }, answer, 'rev-1')],
    ['targets run together', () => planHash({ ...remedy, targets: ['a,b'] }, answer, 'rev-1')],
    ['a parameter', () => planHash({ ...remedy, parameters: { ...remedy.parameters, grace: 6 } }, answer, 'rev-1')],
    ['a parameter deep inside', () => planHash({ ...remedy, parameters: { grace: 5, deep: { x: 1, y: 3 } } }, answer, 'rev-1')],
    ['the type of a parameter', () => planHash({ ...remedy, parameters: { ...remedy.parameters, grace: '5' } }, answer, 'rev-1')],
    [
      'a parameter that is null instead of absent',
      () => planHash({ ...remedy, parameters: { ...remedy.parameters, more: null } }, answer, 'rev-1'),
    ],
    ['the answer', () => planHash(remedy, { ...answer, body: { changes: ['two'] } }, 'rev-1')],
    ['the answer beyond what is kept of it', () => planHash(remedy, { ...answer, bodyDigest: 'sha256:2' }, 'rev-1')],
    ['another dry run that found the same', () => planHash(remedy, { ...answer, runId: 'run_2' }, 'rev-1')],
    ['no answer', () => planHash(remedy, { agent: 'k8s', attempts: 3, error: 'fetch failed' }, 'rev-1')],
    ['the policy', () => planHash(remedy, answer, 'rev-2')],
  ])('changes with %s', (_name, other) => {
    expect(other()).not.toBe(hash);
  });

  test.each([
    ['how often the agent was asked', () => planHash(remedy, { ...answer, attempts: 3 }, 'rev-1')],
    ['which 2xx it answered with', () => planHash(remedy, { ...answer, httpStatus: 202 }, 'rev-1')],
    ['the order of keys', () => planHash({ ...remedy, parameters: { deep: { y: 2, x: 1 }, grace: 5 } }, answer, 'rev-1')],
    ['a way through JSON', () => planHash(JSON.parse(JSON.stringify(remedy)), JSON.parse(JSON.stringify(answer)), 'rev-1')],
    ['further fields of the orchestration', () => planHash({ ...remedy, ...{ id: 'orc_2', status: 'APPROVED' } }, answer, 'rev-1')],
  ])('does not change with %s', (_name, same) => {
    expect(same()).toBe(hash);
  });
});

describe('classification', () => {
  const rules: Classification = {
    default: { severity: 'P3', category: 'system_error' },
    rules: [
      { when: { alertname: ['Down', 'Gone'] }, severity: 'P1', category: 'service_outage' },
      { when: { team: 'security' }, category: 'security_breach' },
      { when: { severity: 'page', env: 'prod' }, severity: 'P0' },
      { when: { severity: 'page' }, severity: 'P2' },
    ],
  };
  test.each([
    [{}, 'P3', 'system_error'],
    [{ alertname: 'Other' }, 'P3', 'system_error'],
    [{ alertname: 'Down' }, 'P1', 'service_outage'],
    [{ alertname: 'Gone', severity: 'page', env: 'prod' }, 'P1', 'service_outage'],
    [{ alertname: 'down' }, 'P3', 'system_error'],
    [{ team: 'security' }, 'P3', 'security_breach'],
    [{ team: 'security', severity: 'page' }, 'P2', 'security_breach'],
    [{ severity: 'page', env: 'prod' }, 'P0', 'system_error'],
    [{ severity: 'page', env: 'test' }, 'P2', 'system_error'],
    [{ constructor: 'Down', toString: 'page' }, 'P3', 'system_error'],
  ])('%j is %s, %s', (labels, severity, category) => {
    expect(classify(labels as Record<string, string>, rules)).toEqual({ severity, category });
  });

  test('names that every object inherits are labels that are not there', () => {
    const odd = classificationSchema.parse({
      default: rules.default,
      rules: [
        { when: { constructor: 'x' }, severity: 'P0' },
        { when: { toString: ['x'] }, severity: 'P0' },
      ],
    });
    expect(classify({}, odd).severity).toBe('P3');
  });

  test.each([
    [{ alertname: 'InstanceDown', severity: 'info' }, 'P1', 'service_outage'],
    [{ alertname: 'LatencySLOBreach', severity: 'critical' }, 'P1', 'performance_degradation'],
    [{ alertname: 'SecretDetected' }, 'P1', 'data_leak'],
    [{ alertname: 'Anything', category: 'security', severity: 'minor' }, 'P3', 'security_breach'],
    [{ alertname: 'Anything', severity: 'none' }, 'P4', 'system_error'],
  ])('what ships: %j is %s, %s', (labels, severity, category) => {
    expect(classify(labels, shipped)).toEqual({ severity, category });
  });

  test.each([
    [{ default: { severity: 'P5', category: 'system_error' }, rules: [] }],
    [{ default: { severity: 'P1', category: 'bad_luck' }, rules: [] }],
    [{ default: rules.default }],
    [{ default: rules.default, rules: [{ when: { a: [] } }] }],
    [{ default: rules.default, rules: [{ when: { a: 1 } }] }],
    [{ default: rules.default, rules: [{ severity: 'P1' }] }],
    [{ default: rules.default, rules: [{ when: {}, sevrity: 'P1' }] }],
  ])('the file does not hold %j', (file) => {
    expect(classificationSchema.safeParse(file).success).toBe(false);
  });

  test.each([
    ['P0', 'P1', 'P0'],
    ['P4', 'P2', 'P2'],
    ['P3', 'P3', 'P3'],
  ] as const)('the graver of %s and %s is %s', (one, other, expected) => {
    expect([graver(one, other), graver(other, one)]).toEqual([expected, expected]);
  });
});

describe('the payload of Alertmanager', () => {
  const alert = {
    status: 'firing',
    labels: { alertname: 'X' },
    annotations: {},
    startsAt: '2026-03-02T11:59:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://p',
    fingerprint: 'f1',
  };
  const body = {
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'us',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://am',
    alerts: [alert],
  };
  const withAlert = (over: object) => ({ ...body, alerts: [{ ...alert, ...over }] });
  const without = (key: string) => Object.fromEntries(Object.entries(body).filter(([name]) => name !== key));

  test.each<[string, object]>([
    ['the zero time of Go', body],
    ['nanoseconds', withAlert({ startsAt: '2026-03-02T11:59:00.123456789Z' })],
    ['an offset', withAlert({ startsAt: '2026-03-02T12:59:00+01:00' })],
    ['no annotations and no end', withAlert({ annotations: undefined, endsAt: undefined, generatorURL: undefined })],
    ['keys of newer versions', { ...body, notification_reason: 'new', routeLabels: {}, alerts: [{ ...alert, silenceURL: 'x' }] }],
    ['a group without a count of the truncated', without('truncatedAlerts')],
    ['no alerts', { ...body, alerts: [] }],
  ])('holds %s', (_name, given) => {
    expect(parseAlertmanager(given).groupKey).toBe('{}:{}');
  });

  test.each<[string, unknown, RegExp]>([
    ['version 3', { ...body, version: '3' }, /^`version`: /],
    ['a version that is a number', { ...body, version: 4 }, /^`version`: /],
    ['no group key', without('groupKey'), /^`groupKey`: /],
    ['an empty group key', { ...body, groupKey: '' }, /^`groupKey`: /],
    ['no alerts at all', without('alerts'), /^`alerts`: /],
    ['another status', withAlert({ status: 'pending' }), /^`alerts\.0\.status`: /],
    ['a label that is no text', withAlert({ labels: { a: 1 } }), /^`alerts\.0\.labels\.a`: /],
    ['a bad date', withAlert({ startsAt: '2026-02-30T11:59:00Z' }), /^`alerts\.0\.startsAt`: /],
    ['a date in words', withAlert({ startsAt: 'yesterday' }), /^`alerts\.0\.startsAt`: /],
    ['no fingerprint', withAlert({ fingerprint: '' }), /^`alerts\.0\.fingerprint`: /],
    ['a long fingerprint', withAlert({ fingerprint: 'f'.repeat(201) }), /^`alerts\.0\.fingerprint`: /],
    ['nothing', null, /^`payload`: /],
    ['text', 'firing', /^`payload`: /],
    ['an array', [], /^`payload`: /],
  ])('does not hold %s', (_name, given, message) => {
    expect(() => parseAlertmanager(given)).toThrow(
      expect.objectContaining({ code: 'incident.payload_invalid', message: expect.stringMatching(message) }),
    );
  });

  test('names ten mistakes at most', () => {
    const many = { ...body, alerts: Array.from({ length: 50 }, () => ({ ...alert, status: 'x' })) };
    expect(() => parseAlertmanager(many)).toThrow(/^(`alerts\.\d\.status`: [^;]+(; )?){10}$/);
  });

  const labelsOf = (labels: object) => parseAlertmanager(withAlert({ labels })).alerts[0]?.labels ?? {};
  test('a value of a thousand characters is whole, a longer one is cut and says so with its digest', () => {
    const long = 'x'.repeat(1_001);
    expect(labelsOf({ a: 'x'.repeat(1_000), b: long })).toEqual({
      a: 'x'.repeat(1_000),
      b: `${'x'.repeat(1_000)}… (cut, ${digestOf(Buffer.from(long))})`,
    });
    expect(labelsOf({ [long]: 'v' })).toEqual({ [`${'x'.repeat(1_000)}… (cut, ${digestOf(Buffer.from(long))})`]: 'v' });
  });

  test('a pair of surrogates that the cut would part is not left as half', () => {
    expect(labelsOf({ a: `${'x'.repeat(999)}😀` })['a']?.isWellFormed()).toBe(true);
  });

  test('together they stay below 21 kB however they are written; the short ones stay, the rest is told of', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`l${n}`, '\u0001'.repeat(500)]));
    const kept = labelsOf({ ...many, severity: 'page', alertname: 'X' });
    expect(kept).toMatchObject({ severity: 'page', alertname: 'X' });
    expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(21_000);
    expect(Object.keys(kept).length).toBe(2 + 6 + 1);
    expect(kept['…']).toMatch(/^94 more \(cut, sha256:[0-9a-f]{64}\)$/);
  });

  test('fifty small labels are all kept', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`l${String(n).padStart(2, '0')}`, `v${n}`]));
    expect(labelsOf(many)).toEqual(many);
  });

  test('what cannot be held is replaced', () => {
    expect(labelsOf({ a: 'x\0y', b: '\ud83d', 'c\0': '' })).toEqual({ a: 'x\ufffdy', b: '\ufffd', 'c\ufffd': '' });
  });

  test('a group is kept under its source and a digest, whatever its key holds', () => {
    expect(groupKeyOf('alertmanager:prod', '{}:{a="\0"}')).toBe(`alertmanager:prod ${digestOf(Buffer.from('{}:{a="\0"}'))}`);
    expect(groupKeyOf('a', 'x')).not.toBe(groupKeyOf('b', 'x'));
  });
});

describe('a change freeze', () => {
  const at = freezeAt(
    [
      { tenant: 'acme', from: '2026-12-20T00:00:00Z', until: '2027-01-02T00:00:00Z', reason: 'year end' },
      { tenant: 'acme', from: '2027-01-02T00:00:00Z', until: '2027-01-03T00:00:00Z', reason: 'stocktaking' },
      { tenant: 'globex', from: '2026-03-01T00:00:00Z', until: '2026-03-01T00:00:00Z', reason: 'no time at all' },
    ],
    [],
  );
  test.each([
    ['acme', '2026-12-19T23:59:59.999Z', null],
    ['acme', '2026-12-20T00:00:00.000Z', 'year end'],
    ['acme', '2027-01-01T23:59:59.999Z', 'year end'],
    ['acme', '2027-01-02T00:00:00.000Z', 'stocktaking'],
    ['acme', '2027-01-03T00:00:00.000Z', null],
    ['globex', '2026-12-24T00:00:00.000Z', null],
    ['globex', '2026-03-01T00:00:00.000Z', null],
  ])('for %s at %s: %s', (tenant, moment, reason) => {
    expect(at(tenant, new Date(moment))).toMatchObject({ active: reason !== null, reason: reason ?? '' });
  });

  test('says until when', () => {
    expect(at('acme', new Date('2026-12-24T00:00:00Z'))).toEqual({ active: true, until: '2027-01-02T00:00:00Z', reason: 'year end' });
    expect(at('acme', new Date('2026-01-01T00:00:00Z'))).toEqual({ active: false, until: '', reason: '' });
  });
});

describe('what is counted of orchestrations', () => {
  const decided = (action: string, result: Decision['result']): Decision => ({
    decisionId: newId('decision'),
    action,
    result,
    ruleId: 'r',
    explanation: 'e',
    rules: [],
    challenge: null,
    obligations: [],
    policy: engine.version,
    inputDigest: '',
    tenant: tenantId('acme'),
    purpose: '',
    ts: '',
    micros: 0,
  });
  test.each([
    ['orchestration.propose', 'ALLOW', {}, { stage: 'suggest', status: 'success' }],
    ['orchestration.record_dry_run', 'ALLOW', { status: 'DRY_RUN_PASSED' }, { stage: 'dry-run', status: 'success' }],
    ['orchestration.record_dry_run', 'ALLOW', { status: 'DRY_RUN_FAILED' }, { stage: 'dry-run', status: 'failed' }],
    ['orchestration.approve', 'ALLOW', {}, { stage: 'approve', status: 'success' }],
    ['orchestration.approve', 'DENY', null, { stage: 'approve', status: 'denied' }],
    ['orchestration.reject', 'ALLOW', {}, { stage: 'approve', status: 'success' }],
    ['orchestration.record_outcome', 'ALLOW', { status: 'EXECUTED' }, { stage: 'execute', status: 'success' }],
    ['orchestration.record_outcome', 'ALLOW', { status: 'EXECUTION_FAILED' }, { stage: 'execute', status: 'failed' }],
    ['orchestration.record_outcome', 'ALLOW', { status: 'EXECUTION_UNKNOWN' }, { stage: 'execute', status: 'failed' }],
    ['orchestration.dry_run', 'ALLOW', {}, null],
    ['orchestration.dry_run', 'DENY', null, { stage: 'dry-run', status: 'denied' }],
    ['orchestration.execute', 'ALLOW', {}, null],
    ['orchestration.execute', 'STEP_UP', null, { stage: 'execute', status: 'denied' }],
    ['incident.resolve', 'ALLOW', { status: 'RESOLVED' }, null],
  ] as const)('%s, %s, %j: %j', async (action, result, what, labels) => {
    const metrics = new Metrics();
    measureOrchestrations(metrics)(decided(action, result), what);
    expect((await metrics.orchestrations.get()).values.map(({ labels: counted, value }) => [counted, value])).toEqual(
      labels === null ? [] : [[labels, 1]],
    );
  });

  test('the time of the whole way is observed once it is known', async () => {
    const metrics = new Metrics();
    const measure = measureOrchestrations(metrics);
    measure(decided('orchestration.record_outcome', 'ALLOW'), { status: 'EXECUTED', seconds: 42 });
    measure(decided('orchestration.record_outcome', 'DENY'), null);
    const sum = (await metrics.orchestrationSeconds.get()).values.filter(({ metricName }) => metricName?.match(/_(sum|count)$/));
    expect(sum.map(({ value }) => value)).toEqual([42, 1]);
  });
});
