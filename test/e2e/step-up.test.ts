import { decodeJwt } from 'jose';
import type * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acrMultiFactor, acrPassword } from '../../src/auth/index.ts';
import { epochSeconds, fixedClock } from '../../src/core/index.ts';
import { type Agent, startAgent } from '../support/agent.ts';
import { type Answer, operation, startTestGateway, type TestGateway } from '../support/countersign.ts';
import { authorization, type Browser, discover, newBrowser, type SigningIn, signIn } from '../support/sign-in.ts';
import { act, approved, mutation, openIncident, type Payload, reached } from '../support/walk.ts';

const clock = fixedClock(new Date().toISOString());
let agent: Agent;
let gateway: TestGateway;
let client: oidc.Configuration;
let plans: { readonly [name in 'loop' | 'password' | 'old' | 'untouched']: Plan };

beforeAll(async () => {
  agent = await startAgent();
  const agents = [{ name: 'prod', url: agent.url, timeoutSeconds: 5 }];
  gateway = await startTestGateway({ clock, settings: { adapters: { agents } } });
  client = await discover(gateway.running.issuer ?? '');
  const [loop, password, old, untouched] = await Promise.all(['loop', 'password', 'old', 'untouched'].map(plan));
  if (loop && password && old && untouched) plans = { loop, password, old, untouched };
});
afterAll(async () => {
  await gateway.stop();
  await agent.stop();
});

const responder = { identity: 'responder@alpha', acr: acrPassword, asked: {} };
const asked = { acrValues: acrMultiFactor, maxAge: 900 };
const challenge =
  'Bearer realm="countersign", error="insufficient_user_authentication", ' +
  'error_description="executing on a P1 needs a second factor within the last 900 s", ' +
  'acr_values="urn:countersign:acr:mfa", max_age="900"';

type Plan = { readonly id: string; readonly planHash: string };

/** An approved remedy for a P1 of its own, to be executed by the agent. */
async function plan(group: string): Promise<Plan> {
  const labels = { alertname: 'BackendServiceDown', service: 'checkout' };
  return approved(gateway, await openIncident(gateway, group, { labels, fingerprint: group }), { adapter: 'prod' });
}

async function tokenOf(browser: Browser, signingIn: SigningIn): Promise<string> {
  return (await signIn(client, browser, signingIn)).tokens.access_token;
}

async function send<T>(token: string, document: string, variables: object): Promise<Answer<T>> {
  const response = await gateway.send('/graphql', operation(token, document, variables));
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, ...JSON.parse(text) };
}

/** Executes with a token: what the answer says, and in which header it says what is missing. */
async function execute(token: string, { id, planHash }: Plan, key: string) {
  const variables = { input: { orchestrationId: id, planHash }, key };
  const { status, headers, data } = await send<{ execute: Payload }>(token, mutation('execute'), variables);
  const { decision, orchestration, receipt } = data.execute;
  return { status, challenged: headers.get('www-authenticate'), decision, orchestration, receipt };
}

const outcomeOf = ({ decision, challenged }: Awaited<ReturnType<typeof execute>>) => [decision.result, decision.ruleId, challenged];
/** What a repeated call gives again; the remedy itself is shown as it is by now. */
const settled = ({ decision, receipt, challenged }: Awaited<ReturnType<typeof execute>>) => ({ decision, receipt, challenged });
const stepUp = ['STEP_UP', 'orchestration.step_up', challenge];
const allowed = ['ALLOW', 'orchestration.role_grant', null];

/** What a client reads from the header, and from nothing else. */
function askedBy(header: string | null) {
  const parameters = Object.fromEntries([...(header ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value]) => [name, value]));
  return { acrValues: parameters['acr_values'] ?? '', maxAge: Number(parameters['max_age']) };
}

const executions = ({ id }: Plan) => agent.callsOf('execute').filter(({ body }) => Object(body).orchestrationId === id);

describe('from the challenge to the deed', () => {
  const key = 'the-same-key-throughout';
  const browser = newBrowser();
  let remedy: Plan;
  let done: Awaited<ReturnType<typeof execute>>;

  it('who signed in by password alone is asked for more, in the payload and in the header, with 200', async () => {
    remedy = plans.loop;
    const answer = await execute(await tokenOf(browser, responder), remedy, key);
    expect(answer).toMatchObject({
      status: 200,
      challenged: challenge,
      orchestration: null,
      decision: { result: 'STEP_UP', ruleId: 'orchestration.step_up', challenge: asked },
    });
    expect(askedBy(answer.challenged)).toEqual(answer.decision.challenge);
  });

  it('signs in again as the challenge says, and the token tells how and when', async () => {
    const { page, tokens } = await signIn(client, browser, { ...responder, acr: acrMultiFactor, asked: askedBy(challenge) });
    expect(page).toContain(
      `The application asks for the level <code>${acrMultiFactor}</code> and a sign-in no older than <code>900</code> seconds`,
    );
    const claims = decodeJwt(tokens.access_token);
    expect(claims).toMatchObject({ sub: 'responder@alpha', acr: acrMultiFactor, amr: ['pwd', 'otp'] });
    expect(tokens.claims()).toMatchObject({ acr: acrMultiFactor, auth_time: expect.any(Number) });
    expect(epochSeconds(clock.now()) - Number(claims['auth_time'])).toBeLessThanOrEqual(900);
    done = await execute(tokens.access_token, remedy, key);
    expect(outcomeOf(done)).toEqual(allowed);
    expect(done.orchestration?.executedBy).toBe('responder@alpha');
  });

  it('whoever repeats the call gets the same answer, and nothing is done twice', async () => {
    await reached(gateway, remedy.id, 'EXECUTED', 'EXECUTION_FAILED');
    const token = await tokenOf(browser, { ...responder, acr: acrMultiFactor, asked });
    const again = await Promise.all([1, 2, 3].map(() => execute(token, remedy, key)));
    expect(again.map(settled)).toEqual([done, done, done].map(settled));
    expect(executions(remedy)).toHaveLength(1);
  });

  it('even a token without a second factor gets it then: the answer was given', async () => {
    expect(settled(await execute(await tokenOf(browser, responder), remedy, key))).toEqual(settled(done));
  });

  it('the ledger has each time it was asked and the one time it was done', async () => {
    const document = 'query ($subject: String!) { timeline(subject: $subject) { entries { type data } } }';
    type Entries = { timeline: { entries: { type: string; data: { decision: { result: string } } }[] } };
    const { data } = await gateway.graphql<Entries>('auditor', document, { subject: `orchestration:${remedy.id}` });
    const executed = data.timeline.entries.filter(({ type }) => type === 'orchestration.execute');
    expect(executed.map((entry) => entry.data.decision.result)).toEqual(['STEP_UP', 'ALLOW']);
  });
});

describe('what does not meet the challenge', () => {
  it('a new sign-in by password alone; the key stays good for the right one, sent ten times at once', async () => {
    const remedy = plans.password;
    const browser = newBrowser();
    const key = 'a-key-asked-three-times';
    expect(outcomeOf(await execute(await tokenOf(browser, responder), remedy, key))).toEqual(stepUp);
    expect(outcomeOf(await execute(await tokenOf(browser, { ...responder, asked }), remedy, key))).toEqual(stepUp);
    expect(executions(remedy)).toEqual([]);
    const token = await tokenOf(browser, { ...responder, acr: acrMultiFactor, asked });
    const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => execute(token, remedy, key)));
    expect(first && outcomeOf(first)).toEqual(allowed);
    expect(others.map(settled)).toEqual(others.map(() => first && settled(first)));
    await reached(gateway, remedy.id, 'EXECUTED', 'EXECUTION_FAILED');
    expect(executions(remedy)).toHaveLength(1);
  });

  it('a second factor too long ago, by a token that is still valid; the session of then is asked again', async () => {
    const remedy = plans.old;
    const browser = newBrowser();
    const token = await tokenOf(browser, { ...responder, acr: acrMultiFactor, asked });
    clock.advance(901_000);
    expect(outcomeOf(await execute(token, remedy, 'a-key-after-a-while'))).toEqual(stepUp);
    const silent = await browser((await authorization(client, asked, { prompt: 'none' })).href);
    expect(new URL(silent.to).searchParams.get('error')).toBe('login_required');
    const fresh = await tokenOf(browser, { ...responder, acr: acrMultiFactor, asked });
    expect(outcomeOf(await execute(fresh, remedy, 'a-key-after-a-while'))).toEqual(allowed);
  });

  it('somebody else’s second factor: theirs is another decision', async () => {
    const remedy = plans.untouched;
    const token = await tokenOf(newBrowser(), { identity: 'sre@alpha', acr: acrMultiFactor, asked });
    expect(outcomeOf(await execute(token, remedy, 'a-key-of-the-responder'))).toEqual(['DENY', 'orchestration.four_eyes_execute', null]);
    expect(executions(remedy)).toEqual([]);
  });
});

describe('what a second factor would not cure is denied, without a challenge', () => {
  const asPassword = async (identity: string) =>
    execute(await tokenOf(newBrowser(), { ...responder, identity }), plans.untouched, `a-key-of-${identity}`);

  it.each([
    ['no role for it', 'auditor@alpha', ['default.no_grant', 'core.purpose', 'orchestration.step_up']],
    ['who approved', 'sre@alpha', ['orchestration.four_eyes_execute', 'orchestration.step_up']],
    ['another tenant', 'responder@beta', ['core.resource_known']],
    ['a viewer, who is not told why', 'viewer@alpha', []],
  ])('%s', async (_name, identity, rules) => {
    const { status, challenged, decision } = await asPassword(identity);
    expect([status, challenged, decision.result, decision.challenge]).toEqual([200, null, 'DENY', null]);
    expect(decision.rules.map(({ ruleId }) => ruleId)).toEqual(rules);
  });

  it('the kill switch, which says so; when it is off, the challenge is made', async () => {
    const killSwitch = { key: 'remediation.kill-switch', justification: 'stop all remediation' };
    await act(gateway, 'setFlag', { ...killSwitch, enabled: true }, { as: 'sre' });
    const { challenged, decision } = await asPassword('responder@alpha');
    expect([challenged, decision.result, decision.ruleId, decision.challenge]).toEqual([null, 'DENY', 'orchestration.kill_switch', null]);
    expect(decision.rules.map(({ ruleId, effect }) => [ruleId, effect])).toEqual([
      ['orchestration.kill_switch', 'DENY'],
      ['orchestration.step_up', 'STEP_UP'],
    ]);
    await act(gateway, 'setFlag', { ...killSwitch, enabled: false }, { as: 'sre' });
    const token = await tokenOf(newBrowser(), responder);
    expect(outcomeOf(await execute(token, plans.untouched, 'a-new-key-for-a-new-call'))).toEqual(stepUp);
  });
});

describe('one answer with several decisions', () => {
  const executing = 'execute(input: $input) { decision { result } }';
  const denied = 'setFlag(input: $flag) { decision { result } }';

  it.each([
    ['is one challenge, when all that step up ask for the same', `one: ${executing} ${denied} two: ${executing}`, challenge],
    ['is a challenge beside a denial', `${denied} ${executing}`, challenge],
  ])('%s', async (_name, fields, expected) => {
    const document = `mutation ($input: ExecuteInput!, $flag: SetFlagInput!) { ${fields} }`;
    const flag = { key: 'search.index', enabled: true, justification: 'trying what comes through' };
    const input = { orchestrationId: plans.untouched.id, planHash: plans.untouched.planHash };
    const { status, headers } = await send(await tokenOf(newBrowser(), responder), document, { input, flag });
    expect([status, headers.get('www-authenticate')]).toEqual([200, expected]);
  });
});
