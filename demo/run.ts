import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

const started = Date.now();
const dataDir = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
chmodSync(dataDir, 0o755); // PostgreSQL's own user enters it when we are root
const evidenceDir = mkdtempSync(join(tmpdir(), 'countersign-evidence-'));
const agent = await startAgent();
const gateway = await open(agent);
try {
  await tellStory(gateway, agent);
  process.stdout.write(
    `\nTold in ${((Date.now() - started) / 1000).toFixed(1)} s. Everything above ran for real, on a temporary database.\n`,
  );
  process.stdout.write(`The bundle and its public key stay in ${evidenceDir}\n`);
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

type Door = { readonly url: string; readonly issuer: string; readonly dataDir: string };

async function tellStory({ url, issuer }: Running, { executions }: Agent): Promise<void> {
  if (issuer === undefined) throw new Error('the demo needs the dev issuer');
  const door = { url, issuer, dataDir };

  chapter('A real Alertmanager payload becomes an incident');
  const incidentId = await deliverAlert(url);

  const plan = await approvePlan(door, incidentId);
  await executePlan(door, plan);
  say(`it acted ${executions.length} time(s)`);

  chapter("The incident's timeline is its ledger entries");
  await showTimeline(door, incidentId);

  chapter('The release is proven by a signed bundle that anyone can check offline');
  const exportFolder = await proveRelease(dataDir, evidenceDir, tenantId('alpha'));

  chapter('Someone with the keys to the database changes one byte');
  await alterLedger(dataDir, exportFolder, tenantId('alpha'));
}

type Plan = { readonly orchestrationId: string; readonly planHash: string | null };

async function approvePlan(door: Door, incidentId: string): Promise<Plan> {
  chapter('An SRE proposes a remedy; a dry run says what it would change');
  const sre = await Client.signIn(door, 'sre@alpha');
  const remedy = { adapter: 'runtime-agent', operation: 'restart', targets: ['checkout-1', 'checkout-2'] };
  const proposed = await sre.act('propose', 'ProposeInput', {
    incidentId,
    ...remedy,
    justification: 'a restart clears the connection pool',
  });
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
  return { orchestrationId, planHash };
}

async function executePlan(door: Door, plan: Plan): Promise<void> {
  chapter('Executing on a P1 asks for a second factor, then happens once');
  const key = randomUUID();
  const sre = await Client.signIn(door, 'sre@alpha');
  tell('sre', 'executes', (await sre.act('execute', 'ExecuteInput', plan, key)).decision);
  const stronger = await Client.signIn(door, 'sre@alpha', true);
  tell('sre, signed in again,', 'repeats the same call', (await stronger.act('execute', 'ExecuteInput', plan, key)).decision);
  tell('sre, once more by mistake,', 'repeats it', (await stronger.act('execute', 'ExecuteInput', plan, key)).decision);
  const { outcome } = await sre.settled(plan.orchestrationId, ['EXECUTED', 'EXECUTION_FAILED']);
  say(`the agent answered ${JSON.stringify(outcome)}`);
}

async function deliverAlert(url: string): Promise<string> {
  const token = readFileSync(join(dataDir, 'webhook-dev.token'), 'utf8').trim();
  const body = readFileSync(join(import.meta.dirname, 'alertmanager.json'), 'utf8');
  const response = await fetch(`${url}/webhooks/alertmanager`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
  const delivered = z.object({ outcomes: z.tuple([z.object({ outcome: z.string(), incidentId: z.string(), decisionId: z.string() })]) });
  const { outcomes } = delivered.parse(await response.json());
  say(
    `POST /webhooks/alertmanager → ${response.status}: ${outcomes[0].outcome} ${outcomes[0].incidentId} (decision ${outcomes[0].decisionId})`,
  );
  return outcomes[0].incidentId;
}

async function showTimeline(door: Door, incidentId: string): Promise<void> {
  const entry = z.object({
    seq: z.number(),
    ts: z.string(),
    type: z.string(),
    actor: z.string(),
    data: z.object({ decision: z.object({ result: z.string(), ruleId: z.string() }) }),
  });
  const responder = await Client.signIn(door, 'responder@alpha');
  const query = 'query ($subject: String!) { timeline(subject: $subject) { entries { seq ts type actor data } } }';
  const { entries } = await responder.ask(query, 'timeline', z.object({ entries: z.array(entry) }), { subject: `incident:${incidentId}` });
  for (const { seq, ts, type, actor, data } of entries) {
    say(
      `${String(seq).padStart(3)}  ${ts.slice(11, 23)}  ${type.padEnd(30)} ${actor.padEnd(26)} ${data.decision.result.padEnd(7)} ${data.decision.ruleId}`,
    );
  }
}
