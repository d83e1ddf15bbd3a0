import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway, webhookToken } from '../support/countersign.ts';
import { eventually } from '../support/deadline.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { freePort } from '../support/ports.ts';

/** Debian names it `prometheus-alertmanager`, the project's own archive `alertmanager`. */
function findAlertmanager(): string {
  const found = ['prometheus-alertmanager', 'alertmanager'].find((name) => spawnSync(name, ['--version']).error === undefined);
  if (found === undefined) throw new Error('this test runs the real Alertmanager: apt-get install -y prometheus-alertmanager');
  return found;
}

let gateway: TestGateway;
let alertmanager: ChildProcess;
let api: string;
let folder: string;

beforeAll(async () => {
  const binary = findAlertmanager();
  gateway = await startTestGateway();
  folder = makeFolder('alertmanager');
  // What an operator writes: our URL and our token, and nothing else of ours.
  const config = `
route: { receiver: countersign, group_by: [alertname, service], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: countersign
    webhook_configs:
      - url: ${gateway.url}/webhooks/alertmanager
        http_config: { authorization: { credentials: ${webhookToken} } }
`;
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, config);
  const port = await freePort();
  api = `http://127.0.0.1:${port}`;
  alertmanager = spawn(
    binary,
    [`--config.file=${file}`, `--storage.path=${folder}`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  alertmanager.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await eventually('Alertmanager is ready', async () => {
    if (alertmanager.exitCode !== null) throw new Error(`Alertmanager ended: ${said}`);
    return fetch(`${api}/-/ready`).then(
      (response) => (response.ok ? true : undefined),
      () => undefined,
    );
  });
});

afterAll(async () => {
  const ended = once(alertmanager, 'exit');
  alertmanager.kill('SIGKILL');
  await ended;
  await gateway.stop();
  removeFolders([folder]);
});

async function post(alerts: readonly object[]): Promise<void> {
  const response = await fetch(`${api}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  expect(response.status).toBe(200);
}

type Incident = { id: string; title: string; status: string; severity: string; category: string; source: string; region: string | null };

async function incidents(): Promise<Incident[]> {
  const { data } = await gateway.graphql<{ incidents: { edges: { node: Incident }[] } }>(
    'responder',
    '{ incidents(first: 10) { edges { node { id title status severity category source region } } } }',
  );
  return data.incidents.edges.map(({ node }) => node);
}

const labels = { alertname: 'BackendServiceDown', service: 'checkout', severity: 'critical', region: 'eu-1' };
const annotations = { summary: 'checkout is down' };
const startsAt = new Date(Date.now() - 60_000).toISOString();

describe('the real Alertmanager, configured with our URL and token only', () => {
  it('opens an incident when an alert fires', async () => {
    await post([{ labels, annotations, startsAt }]);
    const opened = await eventually('an incident', async () => (await incidents())[0]);
    expect(opened).toEqual({
      id: expect.stringMatching(/^inc_/),
      title: 'checkout is down',
      status: 'DETECTED',
      severity: 'P1',
      category: 'service_outage',
      source: 'alertmanager:test',
      region: 'eu-1',
    });
  });

  it('resolves it when the alert has ended', async () => {
    await post([{ labels, annotations, startsAt, endsAt: new Date(Date.now() - 1_000).toISOString() }]);
    await eventually('the incident is resolved', async () => ((await incidents())[0]?.status === 'RESOLVED' ? true : undefined));
    expect((await incidents()).length).toBe(1);
  });

  it('opens another one when it fires again', async () => {
    await post([{ labels, annotations, startsAt: new Date(Date.now() - 500).toISOString() }]);
    await eventually('a second incident', async () => ((await incidents()).length === 2 ? true : undefined));
    expect((await incidents()).map(({ status }) => status)).toEqual(['DETECTED', 'RESOLVED']);
  });

  it('has no notification that failed', async () => {
    const metrics = await (await fetch(`${api}/metrics`)).text();
    const failed = metrics.split('\n').filter((line) => /^alertmanager_notifications_failed_total\{.*integration="webhook"/.test(line));
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.map((line) => line.split(' ').at(-1))).toEqual(failed.map(() => '0'));
  });
});
