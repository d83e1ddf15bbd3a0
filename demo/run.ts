import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { loadConfig, readEnv } from '../src/config/index.ts';
import { tenantId } from '../src/core/index.ts';
import { type Running, startCountersign } from '../src/main.ts';
import { createLogger, Metrics, Tracing } from '../src/telemetry/index.ts';
import { type Agent, startAgent } from './agent.ts';
import { Client } from './client.ts';
import { proveRelease } from './evidence.ts';
import { chapter, say, tell } from './story.ts';
import { alterLedger } from './tamper.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
const started = Date.now();
const agent = await startAgent();
const gateway = await open(agent);
try {
  await tellStory(gateway, agent);
  process.stdout.write(`\nTold in ${((Date.now() - started) / 1000).toFixed(1)} s. Everything above ran for real on a temporary database.\n`);
} finally {
  await gateway.stop();
  await agent.close();
  rmSync(dataDir, { recursive: true, force: true });
}

async function open({ url }: Agent): Promise<Running> {
  const config = loadConfig(readEnv({ ...process.env, COUNTERSIGN_DATA: dataDir, COUNTERSIGN_MODE: 'development', PORT: '0' }));
  const agents = [{ name: 'runtime-agent', url, timeoutSeconds: 5 }];
  const auth = { ...config.auth, issuers: [], devIssuer: { port: 0 } };
  const telemetry = { log: createLogger('silent'), metrics: new Metrics(), tracing: new Tracing(undefined) };
  return startCountersign({ ...config, auth, adapters: { agents, simulate: true } }, { telemetry });
}

async function tellStory(running: Running, { executions }: Agent): Promise<void> {
  if (running.issuer === undefined) throw new Error('the demo needs the dev issuer');
  const door = { url: running.url, issuer: running.issuer, dataDir };

  chapter('A real Alertmanager payload becomes an incident');
  const incidentId = await deliverAlert(running.url);

  chapter('An SRE proposes a remedy; a dry run says what it would change');
  const sre = await Client.signIn(door, 'sre@alpha');
  const proposal = { incidentId, adapter: 'runtime-agent', operation: 'restart', targets: ['checkout-1', 'checkout-2'], justification: 'a restart clears the connection pool' };
  const proposed = await sre.act('propose', 'ProposeInput', proposal);
  tell('sre', 'proposes a restart', proposed.decision);
  const orchestrationId = proposed.orchestration?.id ?? '';
  tell('sre', 'asks for a dry run', (await sre.act('dryRun', 'DryRunInput', { orchestrationId })).decision);
  const { planHash, difference } = await sre.settled(orchestrationId, ['DRY_RUN_PASSED', 'DRY_RUN_FAILED']);
  say(`the agent would change ${JSON.stringify(difference)}`);
  say(`the plan is ${planHash}`);

  chapter('The proposer tries to approve it');
  const approval = { orchestrationId, planHash, justification: 'I looked at the plan and the graphs' };
  tell('sre', 'approves', (await sre.act('approve', 'ApproveInput', approval)).decision);

  chapter('Another pair of eyes approves exactly this plan');
  const admin = await Client.signIn(door, 'org-admin@alpha');
  tell('org-admin', 'approves', (await admin.act('approve', 'ApproveInput', approval)).decision);

  chapter('Executing on a P1 asks for a second factor, then happens once');
  const key = randomUUID();
  const execution = { orchestrationId, planHash };
  const first = await sre.act('execute', 'ExecuteInput', execution, key);
  tell('sre', 'executes', first.decision);
  const stronger = await Client.signIn(door, 'sre@alpha', true);
  tell('sre, signed in again,', 'repeats the same call', (await stronger.act('execute', 'ExecuteInput', execution, key)).decision);
  tell('sre, once more by mistake,', 'repeats it', (await stronger.act('execute', 'ExecuteInput', execution, key)).decision);
  const { outcome } = await sre.settled(orchestrationId, ['EXECUTED', 'EXECUTION_FAILED']);
  say(`the agent answered ${JSON.stringify(outcome)}`);
  say(`it acted ${executions.length} time(s)`);

  chapter("The incident's timeline is its ledger entries");
  await showTimeline(door, incidentId);

  chapter('The release is proven by a signed bundle that anyone can check offline');
  const exportFolder = await proveRelease(dataDir, tenantId('alpha'));

  chapter('Someone with the keys to the database changes one byte');
  await alterLedger(dataDir, exportFolder, tenantId('alpha'));
}

async function deliverAlert(url: string): Promise<string> {
  const token = readFileSync(join(dataDir, 'webhook-dev.token'), 'utf8').trim();
  const body = readFileSync(join(import.meta.dirname, 'alertmanager.json'), 'utf8');
  const response = await fetch(`${url}/webhooks/alertmanager`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
  const delivered = z.object({ outcomes: z.tuple([z.object({ outcome: z.string(), incidentId: z.string(), decisionId: z.string() })]) });
  const { outcomes } = delivered.parse(await response.json());
  say(`POST /webhooks/alertmanager → ${response.status}: ${outcomes[0].outcome} ${outcomes[0].incidentId} (decision ${outcomes[0].decisionId})`);
  return outcomes[0].incidentId;
}

async function showTimeline(door: { url: string; issuer: string; dataDir: string }, incidentId: string): Promise<void> {
  const entry = z.object({ seq: z.number(), ts: z.string(), type: z.string(), actor: z.string(), data: z.object({ decision: z.object({ result: z.string(), ruleId: z.string() }) }) });
  const responder = await Client.signIn(door, 'responder@alpha');
  const query = 'query ($subject: String!) { timeline(subject: $subject) { entries { seq ts type actor data } } }';
  const { entries } = await responder.ask(query, 'timeline', z.object({ entries: z.array(entry) }), { subject: `incident:${incidentId}` });
  for (const { seq, ts, type, actor, data } of entries) {
    say(`${String(seq).padStart(3)}  ${ts.slice(11, 23)}  ${type.padEnd(30)} ${actor.padEnd(26)} ${data.decision.result.padEnd(7)} ${data.decision.ruleId}`);
  }
}
