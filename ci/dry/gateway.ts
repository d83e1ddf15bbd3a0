import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type Agent, startAgent } from '../../demo/agent.ts';
import { Client } from '../../demo/client.ts';
import { acrPassword, mintDevToken } from '../../src/auth/index.ts';
import { loadConfig, readEnv } from '../../src/config/index.ts';
import { systemClock } from '../../src/core/index.ts';
import { type Running, startCountersign } from '../../src/main.ts';
import { createLogger, Metrics, Tracing } from '../../src/telemetry/index.ts';
import { project } from '../command.ts';

/** A real gateway with a database of its own, in this process. */
export type Gateway = {
  readonly url: string;
  readonly issuer: string;
  readonly dataDir: string;
  /** What a command needs to find it. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
};

/** Where it keeps its data: PostgreSQL's own user enters it when we are root. */
export function gatewayFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-release-gateway-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** A file with a token of one of the development issuer's identities. */
export async function tokenFile({ dataDir, issuer }: Gateway, identity: string): Promise<string> {
  const file = join(dataDir, `${identity}.token`);
  writeFileSync(file, await mintDevToken({ dataDir, issuer, identity, acr: acrPassword, clock: systemClock }), { mode: 0o600 });
  return file;
}

export type GatewayRequest = {
  readonly dataDir: string;
  /** A file that says whose signature counts on bundles. */
  readonly evidencePolicy: string;
  /** The file where it says what went wrong. */
  readonly log: string;
};

export async function startGateway(request: GatewayRequest): Promise<Gateway> {
  const { dataDir } = request;
  const agent = await startAgent();
  try {
    const env = { ...process.env, COUNTERSIGN_DATA: dataDir, COUNTERSIGN_MODE: 'development', PORT: '0' };
    const running = await open(env, agent, request);
    const { url, issuer = '' } = running;
    return { url, issuer, dataDir, env, stop: () => running.stop().finally(() => agent.close()) };
  } catch (error) {
    await agent.close();
    throw error;
  }
}

function open(env: NodeJS.ProcessEnv, { url }: Agent, { evidencePolicy, log }: GatewayRequest): Promise<Running> {
  const config = loadConfig(readEnv(env));
  const agents = [{ name: 'runtime-agent', url, timeoutSeconds: 5 }];
  const auth = { ...config.auth, issuers: [], devIssuer: { port: 0 } };
  mkdirSync(dirname(log), { recursive: true });
  const destination = { write: (line: string) => appendFileSync(log, line) };
  const telemetry = { log: createLogger('warn', destination), metrics: new Metrics(), tracing: new Tracing(undefined) };
  const evidence = { ...config.evidence, policy: evidencePolicy };
  return startCountersign({ ...config, auth, evidence, adapters: { agents, simulate: true } }, { telemetry });
}

/** An incident, and a remedy that two people let through: gives what was decided, in order. */
export async function govern(gateway: Gateway): Promise<string[]> {
  const incidentId = await deliverAlert(gateway);
  const sre = await Client.signIn(gateway, 'sre@alpha');
  const admin = await Client.signIn(gateway, 'org-admin@alpha');
  const remedy = { adapter: 'runtime-agent', operation: 'restart', targets: ['checkout-1'], justification: 'a restart clears the pool' };
  const proposed = await sre.act('propose', 'ProposeInput', { incidentId, ...remedy });
  const orchestrationId = proposed.orchestration?.id ?? '';
  const dryRun = await sre.act('dryRun', 'DryRunInput', { orchestrationId });
  const { planHash } = await sre.settled(orchestrationId, ['DRY_RUN_PASSED', 'DRY_RUN_FAILED']);
  const approval = { orchestrationId, planHash, justification: 'I looked at the plan and the graphs' };
  const own = await sre.act('approve', 'ApproveInput', approval);
  const other = await admin.act('approve', 'ApproveInput', approval);
  return [proposed, dryRun, own, other].map(({ decision }) => `${decision.result} ${decision.ruleId}`);
}

const delivered = z.object({ outcomes: z.tuple([z.object({ incidentId: z.string() })]) });

async function deliverAlert({ url, dataDir }: Gateway): Promise<string> {
  const token = readFileSync(join(dataDir, 'webhook-dev.token'), 'utf8').trim();
  const body = readFileSync(join(project, 'demo', 'alertmanager.json'), 'utf8');
  const response = await fetch(`${url}/webhooks/alertmanager`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
  return delivered.parse(await response.json()).outcomes[0].incidentId;
}
