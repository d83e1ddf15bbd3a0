import type { MintOptions } from '../../src/auth/index.ts';
import { acrMultiFactor } from '../../src/auth/index.ts';
import { alert, delivery, type TestAlert } from './alerts.ts';
import type { Answer, GatewayClient } from './countersign.ts';
import { eventually } from './deadline.ts';

export type Requirement = { readonly ruleId: string; readonly effect: string; readonly explanation: string; readonly remedy: string };
export type DecisionAnswer = {
  readonly decisionId: string;
  readonly result: 'ALLOW' | 'DENY' | 'STEP_UP';
  readonly ruleId: string;
  readonly explanation: string;
  readonly rules: readonly Requirement[];
  readonly challenge: { readonly acrValues: string; readonly maxAge: number } | null;
};
export type Payload = {
  readonly decision: DecisionAnswer;
  readonly receipt: { readonly status: string; readonly entryId: string; readonly seq: number | null; readonly leafHash: string | null };
  readonly incident?: { readonly id: string; readonly status: string } | null;
  readonly orchestration?: OrchestrationAnswer | null;
  readonly breakGlass?: BreakGlassAnswer | null;
  readonly flag?: { readonly key: string; readonly enabled: boolean } | null;
};
export type BreakGlassAnswer = {
  readonly id: string;
  readonly incident: { readonly id: string };
  readonly declaredBy: string;
  readonly justification: string;
  readonly active: boolean;
  readonly reviewed: boolean;
  readonly reviews: readonly { readonly reviewer: string; readonly verdict: string; readonly comment: string }[];
};
export type OrchestrationAnswer = {
  readonly id: string;
  readonly stage: string;
  readonly status: string;
  readonly planHash: string | null;
  readonly simulated: boolean;
  readonly outcome: { readonly [key: string]: unknown } | null;
  readonly executedBy: string | null;
};

const governed = `decision { decisionId result ruleId explanation rules { ruleId effect explanation remedy } challenge { acrValues maxAge } }
  receipt { status entryId seq leafHash }`;
const orchestrationFields = 'id stage status planHash simulated outcome executedBy';
const breakGlassResult = 'breakGlass { id incident { id } declaredBy justification active reviewed reviews { reviewer verdict comment } }';
const results: { readonly [name: string]: string } = {
  acknowledge: 'incident { id status }',
  resolve: 'incident { id status }',
  setFlag: 'flag { key enabled }',
  declareBreakGlass: breakGlassResult,
  reviewBreakGlass: breakGlassResult,
};

/** The document of one mutation that takes an `input`. */
export function mutation(name: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const result = results[name] ?? `orchestration { ${orchestrationFields} }`;
  return `mutation ($input: ${type}!, $key: String) { ${name}(input: $input, idempotencyKey: $key) { ${governed} ${result} } }`;
}

export type Step = { readonly as: string; readonly key?: string; readonly over?: Partial<MintOptions> };

/** One mutation: its whole answer. */
export function mutate(
  gateway: GatewayClient,
  name: string,
  input: object,
  step: Step,
): Promise<Answer<{ readonly [name: string]: Payload }>> {
  return gateway.graphql(step.as, mutation(name), { input, key: step.key }, step.over);
}

/** One mutation: its payload. Fails when there is none. */
export async function act(gateway: GatewayClient, name: string, input: object, step: Step): Promise<Payload> {
  const { data, errors, status } = await mutate(gateway, name, input, step);
  const payload = data?.[name];
  if (payload === undefined || payload === null) throw new Error(`${name}: ${status} ${JSON.stringify(errors)}`);
  return payload;
}

/** Fires an alert in tenant alpha and answers with the incident it opened. */
export async function openIncident(gateway: GatewayClient, group: string, over: Partial<TestAlert> = {}): Promise<string> {
  const response = await gateway.deliver(delivery(group, alert(over)));
  const { outcomes } = (await response.json()) as { outcomes: { incidentId: string }[] };
  return outcomes[0]?.incidentId ?? '';
}

export const remedy = {
  adapter: 'simulate',
  operation: 'restart',
  targets: ['checkout-1'],
  parameters: { graceSeconds: 5 },
  justification: 'a restart clears the connection pool',
};

export async function readOrchestration(gateway: GatewayClient, id: string, as = 'responder'): Promise<OrchestrationAnswer> {
  const document = `query ($id: ID!) { orchestration(id: $id) { ${orchestrationFields} } }`;
  const { data } = await gateway.graphql<{ orchestration: OrchestrationAnswer }>(as, document, { id });
  return data.orchestration;
}

/** Waits until an orchestration has come to one of some statuses. */
export function reached(gateway: GatewayClient, id: string, ...statuses: readonly string[]): Promise<OrchestrationAnswer> {
  return eventually(`${id} is ${statuses.join(' or ')}`, async () => {
    const found = await readOrchestration(gateway, id);
    return statuses.includes(found.status) ? found : undefined;
  });
}

/** Proposes as the responder and dry-runs; answers with the plan to approve. */
export async function planned(gateway: GatewayClient, incidentId: string, over: object = {}): Promise<{ id: string; planHash: string }> {
  const proposed = await act(gateway, 'propose', { ...remedy, incidentId, ...over }, { as: 'responder' });
  const id = proposed.orchestration?.id ?? '';
  await act(gateway, 'dryRun', { orchestrationId: id }, { as: 'responder' });
  const { planHash } = await reached(gateway, id, 'DRY_RUN_PASSED');
  return { id, planHash: planHash ?? '' };
}

/** A plan that the sre approved. */
export async function approved(gateway: GatewayClient, incidentId: string, over: object = {}): Promise<{ id: string; planHash: string }> {
  const plan = await planned(gateway, incidentId, over);
  const input = { orchestrationId: plan.id, planHash: plan.planHash, justification: 'I looked at the plan' };
  await act(gateway, 'approve', input, { as: 'sre' });
  return plan;
}

export const mfa: Partial<MintOptions> = { acr: acrMultiFactor };
