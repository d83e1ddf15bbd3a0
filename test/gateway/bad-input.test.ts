import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/core/index.ts';
import { operation, rowCounts, startTestGateway, type TestGateway, webhookToken } from '../support/countersign.ts';
import { act, mfa, mutate, mutation, openIncident, planned, readOrchestration, remedy } from '../support/walk.ts';

let gateway: TestGateway;
let token: string;
let incidentId: string;
let plan: { id: string; planHash: string };

beforeAll(async () => {
  gateway = await startTestGateway();
  token = await gateway.token('sre');
  incidentId = await openIncident(gateway, 'bad-input');
  plan = await planned(gateway, incidentId);
  await act(gateway, 'setFlag', { ...flag, key: 'kept' }, { as: 'sre', key: 'used-before' });
});
afterAll(() => gateway.stop());

const flag = { key: 'search.index', enabled: true, justification: 'trying what comes through' };

/** Posts a body as it is. */
function post(body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  return gateway.send('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      authorization: `Bearer ${token}`,
      ...headers,
    },
    body,
  });
}

const gql = (query: string, variables: object = {}) => post(JSON.stringify({ query, variables }));

/** Asserts that what `work` sends changes no row anywhere. */
async function unchanged<T>(work: () => Promise<T>): Promise<T> {
  const before = await rowCounts(gateway.database);
  const answer = await work();
  expect(await rowCounts(gateway.database)).toEqual(before);
  return answer;
}

async function firstError(response: Response) {
  const { errors, data } = (await response.json()) as {
    errors: { message: string; extensions: Record<string, unknown> }[];
    data?: unknown;
  };
  const { message, extensions } = errors[0] ?? {};
  return { status: response.status, code: extensions?.['code'], message, remedy: extensions?.['remedy'], data: data ?? null };
}

const syntax = 'correct the operation at the named place';
/** Validation says in its message what is wrong and what there is instead. */
const schema = undefined;
const values = 'correct the request or its variables; the schema says what each field takes';
const fields = 'correct the named fields and repeat the call';
const characters = 'send well-formed text and numbers within 2^53';
const less = 'ask for less at once';

type Row = readonly [
  name: string,
  send: () => Promise<Response>,
  status: number,
  code: string,
  message: string,
  remedy: string | undefined,
];

const proposing = (more: object) => gql(mutation('propose'), { input: { ...remedy, incidentId, ...more } });
/** The same with a JSON text as parameters that `JSON.stringify` would not write. */
const proposingText = (parameters: string) =>
  post(
    `{"query":${JSON.stringify(mutation('propose'))},"variables":{"input":${JSON.stringify({ ...remedy, incidentId }).replace('{"graceSeconds":5}', parameters)}}}`,
  );
const manyFlags = (count: number) =>
  Array.from(
    { length: count },
    (_, n) => `f${n}: setFlag(input: { key: "a", enabled: true, justification: "long enough why" }) { decision { result } }`,
  ).join(' ');
const bomb = (steps: number) =>
  `{ viewer { ...F0 } } ${Array.from({ length: steps }, (_, n) => `fragment F${n} on Viewer { ...F${n + 1} ...F${n + 1} }`).join(' ')} fragment F${steps} on Viewer { id }`;

const malformed: readonly Row[] = [
  ['malformed JSON', () => post('{"q'), 400, 'BAD_REQUEST', 'POST body sent invalid JSON.', values],
  ['bytes that are not UTF-8', () => post(new Uint8Array([0xff, 0xfe, 0x7b])), 400, 'BAD_REQUEST', 'POST body sent invalid JSON.', values],
  ['an array: a batch', () => post('[{"query":"{__typename}"}]'), 400, 'BAD_REQUEST', 'Batching is not supported.', values],
  ['no query', () => post('{}'), 400, 'BAD_REQUEST', 'Must provide query string.', values],
  ['a syntax error', () => gql('{'), 400, 'GRAPHQL_PARSE_FAILED', 'Syntax Error: Expected Name, found <EOF>.', syntax],
  ['an unknown field', () => gql('{ nope }'), 400, 'GRAPHQL_VALIDATION_FAILED', 'Cannot query field "nope" on type "Query".', schema],
  [
    'a wrong enum',
    () => gql('{ incidents(status: OVER) { edges { cursor } } }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    'Value "OVER" does not exist in "IncidentStatus" enum.',
    schema,
  ],
  [
    'a wrong enum by variable',
    () => gql('query ($s: IncidentStatus) { incidents(status: $s) { edges { cursor } } }', { s: 'OVER' }),
    400,
    'BAD_REQUEST',
    'Variable "$s" got invalid value "OVER"; Value "OVER" does not exist in "IncidentStatus" enum.',
    values,
  ],
  [
    'a wrong type',
    () => gql(mutation('setFlag'), { input: { ...flag, enabled: 'yes' } }),
    400,
    'BAD_REQUEST',
    'Variable "$input" got invalid value "yes" at "input.enabled"; Boolean cannot represent a non boolean value: "yes"',
    values,
  ],
  [
    'a missing variable',
    () => gql(mutation('setFlag')),
    400,
    'BAD_REQUEST',
    'Variable "$input" of required type "SetFlagInput!" was not provided.',
    values,
  ],
  [
    'half a number for a position',
    () => gql('query ($n: Long) { timeline(subject: "incident:x", after: $n) { entries { seq } } }', { n: 1.5 }),
    400,
    'BAD_REQUEST',
    'Variable "$n" got invalid value 1.5; `1.5` is not a whole number within 2^53 - 1',
    values,
  ],
  [
    'two operations and no name',
    () => gql('query A { __typename } query B { __typename }'),
    400,
    'OPERATION_RESOLUTION_FAILURE',
    'Could not determine what operation to execute.',
    'send `operationName`, one of those in the document',
  ],
  [
    'a mutation by GET',
    () =>
      gateway.send(`/graphql?query=${encodeURIComponent(`mutation { ${manyFlags(1)} }`)}`, {
        headers: { authorization: `Bearer ${token}` },
      }),
    405,
    'BAD_REQUEST',
    'Can only perform a mutation operation from a POST request.',
    values,
  ],
];

const tooLarge: readonly Row[] = [
  [
    'a deep query',
    () => gql(`{ flags ${'{ a '.repeat(11)}${'}'.repeat(11)} }`),
    400,
    'operation_too_large',
    "the operation's depth is 12, at most 10 is allowed",
    less,
  ],
  [
    'many aliases',
    () => gql(`{ ${Array.from({ length: 21 }, (_, n) => `a${n}: viewer { id }`).join(' ')} }`),
    400,
    'operation_too_large',
    "the operation's aliases is 21, at most 20 is allowed",
    less,
  ],
  [
    'the schema many times over',
    () => gql(`{ ${Array.from({ length: 21 }, (_, n) => `a${n}: __schema { types { name } }`).join(' ')} }`),
    400,
    'operation_too_large',
    "the operation's aliases is 21, at most 20 is allowed",
    less,
  ],
  [
    'a page of pages',
    () =>
      gql(
        '{ incidents(first: 100) { edges { node { id title status severity category region source detectedAt resolvedAt acknowledgedAt orchestrations { id status } } } } }',
      ),
    400,
    'operation_too_large',
    "the operation's complexity is 3301, at most 2000 is allowed",
    less,
  ],
  [
    'a page whose size is a variable',
    () => gql('query ($n: Int) { incidents(first: $n) { edges { node { orchestrations { id status stage } } } } }', { n: 1 }),
    400,
    'operation_too_large',
    "the operation's complexity is 3301, at most 2000 is allowed",
    less,
  ],
  [
    'lists in lists without any size',
    () => gql('{ incidents { edges { node { orchestrations { incident { orchestrations { id } } } } } } }'),
    400,
    'operation_too_large',
    "the operation's complexity is 2461, at most 2000 is allowed",
    less,
  ],
  [
    'six mutations',
    () => gql(`mutation { ${manyFlags(6)} }`),
    400,
    'operation_too_large',
    "the operation's number of mutations is 6, at most 5 is allowed",
    less,
  ],
  [
    'six mutations in a fragment',
    () => gql(`mutation { ...Six } fragment Six on Mutation { ...on Mutation { ${manyFlags(6)} } }`),
    400,
    'operation_too_large',
    "the operation's number of mutations is 6, at most 5 is allowed",
    less,
  ],
  [
    'a flood of tokens',
    () => gql(`{ ${'viewer { id } '.repeat(2_000)} }`),
    400,
    'GRAPHQL_PARSE_FAILED',
    'Syntax Error: Document contains more than 4000 tokens. Parsing aborted.',
    syntax,
  ],
  [
    'fragments in a circle',
    () => gql('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    'Cannot spread fragment "A" within itself via "B".',
    schema,
  ],
];

const wrongArguments: readonly Row[] = [
  [
    'an id of the wrong form',
    () => gql(mutation('acknowledge'), { input: { incidentId: '42' } }),
    400,
    'govern.invalid_arguments',
    '`incidentId`: is not an incident id',
    fields,
  ],
  [
    'an id of another kind',
    () => gql(mutation('dryRun'), { input: { orchestrationId: incidentId } }),
    400,
    'govern.invalid_arguments',
    '`orchestrationId`: is not an orchestration id',
    fields,
  ],
  [
    'a plan hash that is none',
    () => gql(mutation('approve'), { input: { orchestrationId: plan.id, planHash: 'sha256:abc', justification: 'I looked at it' } }),
    400,
    'govern.invalid_arguments',
    '`planHash`: must be sha256: and 64 hex digits',
    fields,
  ],
  [
    'a page of none',
    () => gql('{ incidents(first: 0) { edges { cursor } } }'),
    400,
    'govern.invalid_arguments',
    '`first` is 0',
    'ask for 1 to 100 and page on with `after`',
  ],
  [
    'a cursor that is none',
    () => gql('query ($c: String) { incidents(after: $c) { edges { cursor } } }', { c: 'inc_\u0000' }),
    400,
    'govern.invalid_arguments',
    '`after` is not a cursor',
    'send the `endCursor` of the page before',
  ],
  [
    'a key too short to be one’s own',
    () => gql(mutation('setFlag'), { input: flag, key: '1234567' }),
    400,
    'govern.invalid_arguments',
    'an idempotency key has 8 to 200 printable characters',
    'send a UUID',
  ],
  [
    'a key that was used for another body',
    () => gql(mutation('setFlag'), { input: flag, key: 'used-before' }),
    409,
    'govern.idempotency_conflict',
    'the idempotency key `used-before` was used for another request',
    'send a new key with a new request; repeat a key only with exactly the same action and input',
  ],
  [
    'a key that was used for another action',
    () => gql(mutation('acknowledge'), { input: { incidentId }, key: 'used-before' }),
    409,
    'govern.idempotency_conflict',
    'the idempotency key `used-before` was used for another request',
    'send a new key with a new request; repeat a key only with exactly the same action and input',
  ],
  [
    'an adapter that there is not',
    () => proposing({ adapter: 'prod-agent' }),
    400,
    'incident.adapter_unknown',
    'there is no adapter `prod-agent`; configured: `simulate`',
    'name one of those, or add an agent to config/countersign.yaml',
  ],
  [
    'parameters that are a list',
    () => proposing({ parameters: [1] }),
    400,
    'govern.invalid_arguments',
    '`parameters`: must be an object',
    fields,
  ],
  [
    'parameters of 9 KiB',
    () => proposing({ parameters: { text: 'x'.repeat(9_216) } }),
    400,
    'govern.invalid_arguments',
    '`parameters`: must be at most 8 KiB of JSON',
    fields,
  ],
  [
    'no target',
    () => proposing({ targets: [] }),
    400,
    'govern.invalid_arguments',
    '`targets`: Too small: expected array to have >=1 items',
    fields,
  ],
  [
    'U+0000, which PostgreSQL cannot keep',
    () => gql(mutation('setFlag'), { input: { ...flag, justification: 'long enough \u0000' } }),
    400,
    'govern.invalid_arguments',
    'the text in `justification` holds the character U+0000',
    characters,
  ],
  [
    'half a surrogate pair',
    () => gql(mutation('setFlag'), { input: { ...flag, justification: 'long enough \ud800' } }),
    400,
    'govern.invalid_arguments',
    'a string with a lone surrogate at `$.justification` cannot be written as canonical JSON',
    characters,
  ],
  [
    'a number that would be rounded',
    () => proposingText('{"id":12345678901234567890}'),
    400,
    'govern.invalid_arguments',
    'an integer beyond 2^53 - 1 at `$.parameters.id` cannot be written as canonical JSON',
    characters,
  ],
];

describe('what cannot be understood is refused, says what to do, and leaves nothing', () => {
  it.each([...malformed, ...tooLarge, ...wrongArguments])('%s', async (_name, send, status, code, message, what) => {
    const answer = await unchanged(async () => firstError(await send()));
    expect(answer).toEqual({ status, code, message, remedy: what, data: null });
  });

  it('fragments that double with each step, in no time', async () => {
    const started = performance.now();
    const response = await gql(bomb(24)); // sixteen million fields, were each spread followed
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(response.status).toBe(400);
    expect((await firstError(response)).code).toBe('operation_too_large');
  });

  it('100,000 lists in one another', async () => {
    const answer = await unchanged(async () => firstError(await proposingText(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)));
    expect(answer).toMatchObject({ status: 400, code: 'govern.invalid_arguments' });
  });

  it.each(['nope', `orc_${'0'.repeat(36)}`, '\u0000', '\ud800', newId('entry')])('a query by the id %j finds nothing', async (id) => {
    const document = 'query ($id: ID!) { incident(id: $id) { id } orchestration(id: $id) { id } receipt(entryId: $id) { seq } }';
    const response = await gql(document, { id });
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 200,
      body: { data: { incident: null, orchestration: null, receipt: null } },
    });
  });
});

describe('a plan hash of yesterday', () => {
  it.each(['approve', 'execute'])('`%s` is denied with what to do, and moves nothing', async (name) => {
    const stale = `sha256:${'0'.repeat(64)}`;
    const input = { orchestrationId: plan.id, planHash: stale, ...(name === 'approve' && { justification: 'I looked at the plan' }) };
    const { decision, orchestration } = await act(gateway, name, input, { as: 'sre', over: mfa });
    expect(decision.result).toBe('DENY');
    expect(decision.rules).toContainEqual({
      ruleId: 'orchestration.plan_hash',
      effect: 'DENY',
      explanation: `the call names plan \`${stale}\`, the current plan is \`${plan.planHash}\``,
      remedy: 'reload the orchestration, look at the plan again and send its current planHash',
    });
    expect(orchestration).toBeNull();
    expect((await readOrchestration(gateway, plan.id)).status).toBe('DRY_RUN_PASSED');
  });
});

describe('`__proto__` among the parameters', () => {
  it.each(['by variable', 'in the operation'])('%s is a name like any other', async (how) => {
    const input = `{ incidentId: "${incidentId}", adapter: "simulate", operation: "restart", targets: ["a"], justification: "long enough why", parameters: { __proto__: { admin: true }, a: 1 } }`;
    const written = mutation('propose')
      .replace('($input: ProposeInput!, $key: String)', '')
      .replace('input: $input, idempotencyKey: $key', `input: ${input}`);
    const response = await (how === 'by variable' ? proposingText('{"__proto__":{"admin":true},"a":1}') : gql(written));
    const { data } = (await response.json()) as { data: { propose: { orchestration: { id: string } } } };
    const found = await gateway.graphql('sre', 'query ($id: ID!) { orchestration(id: $id) { parameters } }', {
      id: data.propose.orchestration.id,
    });
    expect(found.text).toBe('{"data":{"orchestration":{"parameters":{"__proto__":{"admin":true},"a":1}}}}');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('a body of another type', () => {
  const json = '{"query":"{ __typename }"}';
  const form = new FormData();
  form.set('operations', json);
  form.set('map', '{}');

  it.each<[string, () => Promise<Response>, string]>([
    [
      'a form',
      () => post('query=%7B__typename%7D', { 'content-type': 'application/x-www-form-urlencoded' }),
      '`application/x-www-form-urlencoded`',
    ],
    ['plain text', () => post(json, { 'content-type': 'text/plain;charset=UTF-8' }), '`text/plain`'],
    ['GraphQL', () => post('{ __typename }', { 'content-type': 'application/graphql' }), '`application/graphql`'],
    ['of no type', () => post(Buffer.from(json), { 'content-type': '' }), 'of no type'],
    [
      'multipart',
      () => gateway.send('/graphql', { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: form }),
      '`multipart/form-data`',
    ],
  ])('%s: 415', async (_name, send, said) => {
    const response = await unchanged(send);
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 415,
      body: {
        type: 'about:blank',
        title: `the body is ${said}, an operation comes as JSON`,
        status: 415,
        code: 'gateway.body_not_json',
        remedy: 'send `content-type: application/json`',
      },
    });
  });
});

describe('10 MB', () => {
  const megabytes = 10_000_000;
  const refusal = {
    type: 'about:blank',
    title: 'the body has more than 1048576 bytes',
    status: 413,
    code: 'gateway.body_too_large',
    remedy: 'send less at once, or raise `server.bodyLimitBytes`',
  };
  const paths: readonly [string, () => string][] = [
    ['/graphql', () => token],
    ['/webhooks/alertmanager', () => webhookToken],
  ];

  it.each(paths)('to %s with a length: 413', async (path, bearer) => {
    const body = `{"query":"${'x'.repeat(megabytes)}"}`;
    const response = await unchanged(() =>
      gateway.send(path, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer()}` }, body }),
    );
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual(refusal);
  });

  it.each(paths)('to %s in chunks: 413 before they are all taken', async (path, bearer) => {
    const { status, body, sent } = await unchanged(() => sendChunks(path, bearer(), megabytes));
    expect(status).toBe(413);
    expect(JSON.parse(body)).toEqual(refusal);
    // What the buffers of two sockets hold, on top of the limit; never all of it.
    expect(sent).toBeLessThan(megabytes);
  });

  it('serves the next request as ever', async () => {
    expect((await gql('{ __typename }')).status).toBe(200);
  });
});

/** Writes chunks while the gateway takes them, until it answers; says how much it took. */
function sendChunks(path: string, bearer: string, total: number): Promise<{ status: number | undefined; body: string; sent: number }> {
  return new Promise((resolve, reject) => {
    const chunk = Buffer.alloc(16_384, 0x20);
    let sent = 0;
    let answered = false;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}`, 'transfer-encoding': 'chunked' };
    const sending = request(`${gateway.url}${path}`, { method: 'POST', headers, agent: new Agent({ keepAlive: true }) }, (response) => {
      answered = true;
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.once('end', () => {
        sending.destroy();
        resolve({ status: response.statusCode, body, sent });
      });
    });
    sending.on('error', (error) => answered || reject(error));
    const write = (): void => {
      if (answered || sent >= total) return;
      sent += chunk.length;
      if (sending.write(chunk)) setImmediate(write);
      else sending.once('drain', write);
    };
    write();
  });
}

describe('the number of an operation’s mutations', () => {
  it('may be five: each is decided on its own', async () => {
    const { data } = await gateway.graphql<Record<string, { decision: { result: string } }>>('sre', `mutation { ${manyFlags(5)} }`);
    expect(Object.values(data).map(({ decision }) => decision.result)).toEqual(['ALLOW', 'ALLOW', 'ALLOW', 'ALLOW', 'ALLOW']);
  });
});

describe('a repeated key', () => {
  it('gives the same answer and does nothing twice', async () => {
    const first = await mutate(gateway, 'setFlag', { ...flag, key: 'repeated' }, { as: 'sre', key: 'repeated-key' });
    const again = await unchanged(() => mutate(gateway, 'setFlag', { ...flag, key: 'repeated' }, { as: 'sre', key: 'repeated-key' }));
    expect(again.text).toBe(first.text);
    expect(again.headers.get('x-ig-decision-id')).toBe(first.headers.get('x-ig-decision-id'));
  });

  it('belongs to its actor', async () => {
    const mine = await mutate(gateway, 'setFlag', { ...flag, key: 'repeated' }, { as: 'sre', key: 'repeated-key' });
    const theirs = await mutate(gateway, 'setFlag', { ...flag, key: 'repeated' }, { as: 'org-admin', key: 'repeated-key' });
    expect(theirs.data['setFlag']?.decision.result).toBe('ALLOW');
    expect(theirs.data['setFlag']?.decision.decisionId).not.toBe(mine.data['setFlag']?.decision.decisionId);
  });
});

describe('the request line', () => {
  it.each(['//graphql', '/graphql/../graphql'])('%s is the same path', async (path) => {
    const response = await gateway.send(path, operation(token, '{ __typename }'));
    expect(response.status).toBe(200);
  });
});
