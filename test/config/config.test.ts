import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, loadConfig, packageRoot, readEnv, readYaml, resolveSecret } from '../../src/config/index.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';

const aWitness = '{ name: w, url: "https://w.example", key: k }';

const root = makeFolder('config');
let folder = root;
let next = 0;
beforeEach(() => {
  next += 1;
  folder = join(root, String(next));
  mkdirSync(folder);
});
afterAll(() => removeFolders([root]));

const file = () => join(folder, 'countersign.yaml');
function load(yaml: string, env: NodeJS.ProcessEnv = {}) {
  writeFileSync(file(), yaml);
  return loadConfig(readEnv({ COUNTERSIGN_CONFIG: folder, ...env }));
}

function refusal(work: () => unknown): { code: string; message: string; remedy: string | undefined } {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError)
      return { code: error.code, message: error.message.replaceAll(folder, 'CONFIG'), remedy: error.remedy };
    throw error;
  }
  throw new Error('it was not refused');
}
const said = (work: () => unknown) => {
  const { code, message } = refusal(work);
  return `${code}: ${message}`;
};

test('every key has a default', () => {
  const { env: _env, ...config } = load('');
  expect(config).toEqual({
    mode: 'development',
    server: { host: '127.0.0.1', port: 4000, bodyLimitBytes: 1_048_576, corsOrigins: [], drainSeconds: 20, maxInFlight: 256 },
    auth: { clockSkewSeconds: 30, issuers: [], devIssuer: { port: 4010 } },
    context: { trustedProxies: [], zones: [], headers: { deviceTrust: 'x-device-trust', sessionRisk: 'x-session-risk' } },
    webhooks: { alertmanager: [] },
    adapters: { agents: [], simulate: true },
    changeFreezes: [],
    policy: { trust: { keys: [], identities: [] } },
    evidence: { policies: [], store: {} },
    calendars: [],
    ledger: {
      originPrefix: 'countersign.local',
      waitMilliseconds: 2_000,
      maxBacklog: 100_000,
      metaSeconds: 10,
      witnesses: { list: [], quorum: 1, everySeconds: 10, logs: 'meta' },
      publish: [],
    },
    configDir: folder,
    dataDir: resolve('.countersign'),
  });
});

test('an S3 store names its secrets and takes the rest by default', () => {
  const yaml = `evidence:
  policies: [{ tenant: acme, policy: acme.yaml }]
  store:
    s3: { endpoint: 'https://s3.example', bucket: evidence, accessKey: { env: A }, secretKey: { file: /run/s } }`;
  expect(load(yaml).evidence).toEqual({
    policies: [{ tenant: 'acme', policy: 'acme.yaml' }],
    store: {
      s3: {
        endpoint: 'https://s3.example',
        region: 'us-east-1',
        bucket: 'evidence',
        prefix: 'evidence/',
        accessKey: { env: 'A' },
        secretKey: { file: '/run/s' },
      },
    },
  });
});

test('a calendar is read into minutes', () => {
  const yaml = `calendars:
  - tenant: acme
    timeZone: Europe/Berlin
    changeWindow: { days: [1, 5], from: "08:05", until: "24:00" }
    holidays: [{ date: 2026-12-25, name: Christmas }]
  - { tenant: globex, timeZone: Asia/Kolkata }`;
  expect(load(yaml).calendars).toEqual([
    {
      tenant: 'acme',
      timeZone: 'Europe/Berlin',
      changeWindow: { days: [1, 5], from: 485, until: 1_440 },
      holidays: [{ date: '2026-12-25', name: 'Christmas' }],
    },
    { tenant: 'globex', timeZone: 'Asia/Kolkata', holidays: [] },
  ]);
});

test('the file that ships is valid', () => {
  const shipped = loadConfig(readEnv({ COUNTERSIGN_CONFIG: join(packageRoot(), 'config') }));
  expect([shipped.mode, shipped.context.zones.map(({ zone }) => zone)]).toEqual(['development', ['loopback', 'corporate']]);
});

describe('a file that cannot be used names itself, the place and a remedy', () => {
  test('it is not there', () => {
    const { code, message, remedy } = refusal(() => loadConfig(readEnv({ COUNTERSIGN_CONFIG: folder })));
    expect([code, message, remedy]).toEqual([
      'config.unreadable',
      "cannot read `CONFIG/countersign.yaml`: ENOENT: no such file or directory, open 'CONFIG/countersign.yaml'",
      'create the file, or point COUNTERSIGN_CONFIG at the folder that holds it',
    ]);
  });

  test('it is a folder', () => {
    mkdirSync(file());
    expect(said(() => loadConfig(readEnv({ COUNTERSIGN_CONFIG: folder })))).toBe(
      'config.unreadable: cannot read `CONFIG/countersign.yaml`: EISDIR: illegal operation on a directory, read',
    );
  });

  test.each([
    ['an open bracket', 'mode: development\nserver: { port: 4000\n', 'line 3, column 1: '],
    ['a tab for an indent', 'server:\n\tport: 4000\n', 'line 2, column 1: '],
    ['a key twice', 'mode: development\nserver: {}\nmode: production\n', 'line 3, column 1: Map keys must be unique'],
    ['two documents', 'mode: development\n---\nmode: production\n', 'line 2, column 1: '],
  ])('%s', (_name, yaml, message) => {
    expect(said(() => load(yaml))).toContain(`config.malformed: \`CONFIG/countersign.yaml\` ${message}`);
  });

  test.each([
    ['an alias of nothing', 'mode: *other\n', 'Unresolved alias (the anchor must be set before the alias): other'],
    [
      'aliases that multiply',
      `a: &a [${'1,'.repeat(20)}]\n${['b', 'c', 'd'].map((name, n) => `${name}: &${name} [${`*${'abc'[n]},`.repeat(20)}]`).join('\n')}\n`,
      'Excessive alias count indicates a resource exhaustion attack',
    ],
  ])('%s', (_name, yaml, message) => {
    expect(said(() => load(yaml))).toBe(`config.malformed: \`CONFIG/countersign.yaml\`: ${message}`);
  });

  const window = (text: string) => `calendars: [{ tenant: acme, timeZone: UTC, changeWindow: ${text} }]`;
  const holiday = (text: string) => `calendars: [{ tenant: acme, timeZone: UTC, holidays: [${text}] }]`;
  const freeze = (from: string, until: string) => `changeFreezes: [{ tenant: acme, from: "${from}", until: "${until}", reason: r }]`;
  const issuer = 'issuer: https://id.example, audience: us, roles: {}';
  test.each([
    ['an unknown key', 'servers: {}', '`(top level)`: Unrecognized key: "servers"'],
    ['an unknown key inside', 'server: { prot: 1 }', '`server`: Unrecognized key: "prot"'],
    ['a text where a number must be', 'server: { port: "4000" }', '`server.port`: Invalid input: expected number, received string'],
    ['a port out of range', 'server: { port: 65536 }', '`server.port`: Too big: expected number to be <=65535'],
    ['a fraction', 'server: { drainSeconds: 1.5 }', '`server.drainSeconds`: Invalid input: expected int, received number'],
    ['a mode that is none', 'mode: staging', '`mode`: Invalid option: expected one of "development"|"production"'],
    ['a list at the top', '- mode', '`(top level)`: Invalid input: expected object, received array'],
    ['text at the top', 'mode', '`(top level)`: Invalid input: expected object, received string'],
    ['an issuer twice', `auth: { issuers: [{ ${issuer} }, { ${issuer} }] }`, '`auth.issuers`: name each issuer once'],
    [
      'a role that nobody grants',
      'auth: { issuers: [{ issuer: https://id.example, audience: us, roles: { boss: service } }] }',
      '`auth.issuers.0.roles.boss`: Invalid option: expected one of "viewer"|"responder"|"org-admin"|"auditor"|"sre"|"policy-author"|"release-bot"',
    ],
    [
      'an issuer in the clear',
      'auth: { issuers: [{ issuer: http://id.example, audience: us, roles: {} }] }',
      '`auth.issuers.0.issuer`: must be https, or on the loopback',
    ],
    [
      'an agent twice',
      'adapters: { agents: [{ name: k8s, url: http://a }, { name: k8s, url: http://b }] }',
      '`adapters.agents`: name each agent once',
    ],
    [
      'an agent that takes the name of the pretender',
      'adapters: { agents: [{ name: simulate, url: http://a }] }',
      '`adapters.agents`: `simulate` is the name of the adapter that only pretends',
    ],
    [
      'a zone that is none',
      'calendars: [{ tenant: acme, timeZone: Mars/Olympus }]',
      '`calendars.0.timeZone`: must be a time zone of the IANA database',
    ],
    [
      'an offset for a zone',
      'calendars: [{ tenant: acme, timeZone: "+01:00" }]',
      '`calendars.0.timeZone`: must be a time zone of the IANA database',
    ],
    ['no zone', 'calendars: [{ tenant: acme }]', '`calendars.0.timeZone`: Invalid input: expected string, received undefined'],
    [
      'two calendars of one tenant',
      'calendars: [{ tenant: acme, timeZone: UTC }, { tenant: acme, timeZone: UTC }]',
      '`calendars`: give each tenant one calendar',
    ],
    [
      'a window that ends before it begins',
      window('{ days: [1], from: "18:00", until: "08:00" }'),
      '`calendars.0.changeWindow`: `until` must be after `from`',
    ],
    [
      'a window of no time',
      window('{ days: [1], from: "08:00", until: "08:00" }'),
      '`calendars.0.changeWindow`: `until` must be after `from`',
    ],
    ['a window of no day', window('{ days: [], from: "08:00", until: "18:00" }'), '`calendars.0.changeWindow.days`: Too small'],
    ['a day that is none', window('{ days: [0], from: "08:00", until: "18:00" }'), '`calendars.0.changeWindow.days.0`: Too small'],
    ['a day twice', window('{ days: [1, 1], from: "08:00", until: "18:00" }'), '`calendars.0.changeWindow.days`: name each day once'],
    [
      'a time of day that is none',
      window('{ days: [1], from: "08:60", until: "24:01" }'),
      '`calendars.0.changeWindow.from`: must be a time of day such as 08:00, at most 24:00; `calendars.0.changeWindow.until`: must be',
    ],
    [
      'a time of day without its nought',
      window('{ days: [1], from: "8:00", until: "18:00" }'),
      '`calendars.0.changeWindow.from`: must be a time of day',
    ],
    ['a holiday that is no date', holiday('{ date: 2026-02-30, name: none }'), '`calendars.0.holidays.0.date`: Invalid ISO date'],
    [
      'a holiday twice',
      holiday('{ date: 2026-12-25, name: one }, { date: 2026-12-25, name: two }'),
      '`calendars.0.holidays`: name each date once',
    ],
    [
      'a freeze that ends before it begins',
      freeze('2026-12-24T18:00', '2026-12-24T17:59'),
      '`changeFreezes.0`: `until` must be after `from`',
    ],
    [
      'a freeze half in UTC and half in local time',
      freeze('2026-12-24T18:00', '2026-12-25T18:00:00Z'),
      '`changeFreezes.0`: write both `from` and `until` with `Z`',
    ],
    [
      'a freeze with an offset',
      freeze('2026-12-24T18:00:00+01:00', '2026-12-25T18:00:00+01:00'),
      '`changeFreezes.0.from`: Invalid ISO datetime',
    ],
    ['alg none', `auth: { issuers: [{ ${issuer}, algorithms: [none] }] }`, '`auth.issuers.0.algorithms.0`: Invalid option'],
    [
      'a network that is none',
      'context: { trustedProxies: [10.0.0.0/40] }',
      '`context.trustedProxies.0`: must be an IP address or a CIDR range',
    ],
    [
      'a webhook without a secret',
      'webhooks: { alertmanager: [{ name: prod, tenant: acme }] }',
      '`webhooks.alertmanager.0`: give exactly one of `bearer` and `hmac`',
    ],
    [
      'a webhook with two',
      'webhooks: { alertmanager: [{ name: prod, tenant: acme, bearer: { env: A }, hmac: { env: B } }] }',
      '`webhooks.alertmanager.0`: give exactly one of `bearer` and `hmac`',
    ],
    [
      'a secret in the file',
      'webhooks: { alertmanager: [{ name: prod, tenant: acme, bearer: hush }] }',
      '`webhooks.alertmanager.0.bearer`: ',
    ],
    [
      'a tenant that is none',
      'webhooks: { alertmanager: [{ name: prod, tenant: Acme, bearer: { env: A } }] }',
      '`webhooks.alertmanager.0.tenant`: must be a tenant name',
    ],
    ['an agent without an address', 'adapters: { agents: [{ name: k8s }] }', '`adapters.agents.0.url`: '],
    ['a freeze without an end', 'changeFreezes: [{ tenant: acme, from: "2026-01-01T00:00:00Z", reason: x }]', '`changeFreezes.0.until`: '],
    [
      'a freeze by a bare date',
      'changeFreezes: [{ tenant: acme, from: 2026-01-01, until: 2026-01-02, reason: x }]',
      '`changeFreezes.0.from`: Invalid ISO datetime',
    ],
    ['an origin with a space', 'ledger: { originPrefix: "a b" }', '`ledger.originPrefix`: must hold neither spaces nor +'],
    [
      'a quorum of more than there are',
      `ledger: { witnesses: { quorum: 2, list: [${aWitness}] } }`,
      '`ledger.witnesses`: the quorum is larger than the list',
    ],
    ['a quorum of none', 'ledger: { witnesses: { quorum: 0 } }', '`ledger.witnesses.quorum`: '],
    ['one witness twice', `ledger: { witnesses: { list: [${aWitness}, ${aWitness}] } }`, '`ledger.witnesses.list`: name each witness once'],
    ['a witness over ftp', 'ledger: { witnesses: { list: [{ name: w, url: "ftp://a/", key: k }] } }', '`ledger.witnesses.list.0.url`: '],
    ['a push without git', 'ledger: { publish: [{ folder: out, push: true }] }', '`ledger.publish.0`: `push` needs `git: true`'],
    ['one folder twice', 'ledger: { publish: [{ folder: out }, { folder: out }] }', '`ledger.publish`: name each folder once'],
    [
      'witnessed without witnesses',
      'ledger: { publish: [{ folder: out, witnessed: true }] }',
      '`ledger`: `publish[].witnessed` needs witnesses',
    ],
  ])('%s', (_name, yaml, message) => {
    expect(said(() => load(yaml))).toContain(`config.invalid: \`CONFIG/countersign.yaml\` is not valid: ${message}`);
  });

  test('every mistake at once', () => {
    expect(said(() => load('mode: x\nserver: { port: -1 }\n')).split('; ').length).toBe(2);
  });

  test('readYaml is for other files and schemas too', () => {
    writeFileSync(join(folder, 'other.yaml'), 'a: 1\n');
    expect(readYaml(join(folder, 'other.yaml'), z.strictObject({ a: z.int() }))).toEqual({ a: 1 });
  });
});

describe('the environment', () => {
  test('stands above the file', () => {
    const yaml = 'mode: production\nserver: { host: 10.0.0.1, port: 1, maxInFlight: 7 }\n';
    const config = load(yaml, { COUNTERSIGN_MODE: 'development', HOST: '0.0.0.0', PORT: '0', COUNTERSIGN_DATA: '/tmp/elsewhere' });
    expect([config.mode, config.server.host, config.server.port, config.server.maxInFlight, config.dataDir]).toEqual([
      'development',
      '0.0.0.0',
      0,
      7,
      '/tmp/elsewhere',
    ]);
  });

  test('is taken whole', () => {
    const { secret, ...env } = readEnv({
      COUNTERSIGN_CONFIG: 'a',
      COUNTERSIGN_DATA: 'b',
      COUNTERSIGN_MODE: 'c',
      HOST: 'd',
      PORT: 'e',
      DATABASE_URL: 'f',
      DATABASE_APP_URL: 'g',
      LEDGER_KEY_FILE: 'h',
      LEDGER_KEY: 'i',
      VAULT_KEY_FILE: 'j',
      LOG_LEVEL: 'k',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'l',
      SOME_SECRET: 'm',
    });
    expect(Object.values(env)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']);
    expect([secret('SOME_SECRET'), secret('OTHER')]).toEqual(['m', undefined]);
  });

  test('what is set to nothing is not set', () => {
    const config = load('server: { port: 5 }', { PORT: '', HOST: '  ', COUNTERSIGN_MODE: '', COUNTERSIGN_DATA: ' ' });
    expect([config.server, config.mode, config.dataDir]).toMatchObject([
      { port: 5, host: '127.0.0.1' },
      'development',
      resolve('.countersign'),
    ]);
  });

  test.each(['http', '-1', '65536', '80.5', '0x50', '4000 ', '1e3', '４０００'])('PORT `%s` is refused', (port) => {
    expect(refusal(() => load('', { PORT: port }))).toEqual({
      code: 'config.invalid',
      message: `PORT is \`${port}\``,
      remedy: 'set it to a number from 0 to 65535',
    });
  });

  test.each(['0', '1', '65535'])('PORT `%s` is taken', (port) => {
    expect(load('', { PORT: port }).server.port).toBe(Number(port));
  });

  test('another mode is refused', () => {
    expect(said(() => load('', { COUNTERSIGN_MODE: 'Production' }))).toBe('config.invalid: COUNTERSIGN_MODE is `Production`');
  });
});

describe('secrets', () => {
  const env = readEnv({ TOKEN: 'hush', EMPTY: '' });
  test('from the environment, and from a file without its line end', () => {
    const path = join(folder, 'secret');
    writeFileSync(path, 'hush from a file\n');
    expect([resolveSecret({ env: 'TOKEN' }, env), resolveSecret({ file: path }, env)]).toEqual(['hush', 'hush from a file']);
  });

  test.each(['EMPTY', 'ABSENT'])('%s is named, never its value', (name) => {
    expect(refusal(() => resolveSecret({ env: name }, env))).toEqual({
      code: 'config.secret_missing',
      message: `the environment variable \`${name}\` is not set`,
      remedy: `set ${name}, or name a file instead`,
    });
  });

  test('a file that is not there, or empty', () => {
    const path = join(folder, 'secret');
    expect(said(() => resolveSecret({ file: path }, env))).toBe(
      "config.secret_missing: cannot read the secret file `CONFIG/secret`: ENOENT: no such file or directory, open 'CONFIG/secret'",
    );
    writeFileSync(path, ' \n');
    expect(said(() => resolveSecret({ file: path }, env))).toBe('config.secret_missing: the secret file `CONFIG/secret` is empty');
  });
});
