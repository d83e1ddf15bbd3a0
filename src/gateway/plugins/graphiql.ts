import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { GraphiQLOptions, YogaServerOptions } from 'graphql-yoga';

/** A token of the dev issuer for each identity that a newcomer can try. */
export type DevTokens = () => Promise<readonly { readonly identity: string; readonly token: string }[]>;

const operations: { readonly [role: string]: string } = {
  viewer:
    '# A viewer sees incidents but changes nothing: run this and read the decision.\nmutation {\n  setFlag(input: { key: "search.index", enabled: false, justification: "trying what I may" }) {\n    decision { result ruleId explanation rules { ruleId remedy } }\n  }\n}\n',
  responder:
    'query Open {\n  viewer { id roles }\n  incidents(first: 5) {\n    edges { node { id title status severity category orchestrations { id status planHash } } }\n  }\n}\n\nmutation Propose($incidentId: ID!) {\n  propose(input: { incidentId: $incidentId, adapter: "simulate", operation: "restart", targets: ["checkout-1"], justification: "restart clears the pool" }) {\n    decision { result explanation }\n    orchestration { id status simulated }\n  }\n}\n',
  'org-admin':
    'mutation Approve($orchestrationId: ID!, $planHash: String!) {\n  approve(input: { orchestrationId: $orchestrationId, planHash: $planHash, justification: "I looked at the plan" }) {\n    decision { result ruleId explanation rules { ruleId explanation remedy } }\n    orchestration { status }\n  }\n}\n',
  auditor:
    'query Timeline($subject: String = "incident:<id>") {\n  checkpoint { size note verifierKey }\n  timeline(subject: $subject) {\n    decision { result explanation }\n    entries { seq ts type actor leafHash }\n  }\n}\n',
  sre: 'mutation EngageKillSwitch {\n  setFlag(input: { key: "remediation.kill-switch", enabled: true, justification: "stop all remediation" }) {\n    decision { result ruleId explanation }\n    receipt { status seq }\n    flag { key enabled }\n  }\n}\n',
};

/** For the identities whose own work comes with later parts of the product. */
const lookAround = 'query LookAround {\n  viewer { id tenant roles purposes }\n  flags { key enabled }\n  checkpoint { size note }\n}\n';

/** GraphiQL, in development only: one tab for each identity, signed in, with an operation to start from. Served from here, not from a CDN. */
export function graphiqlOptions(devTokens: DevTokens | undefined): Pick<YogaServerOptions<object, object>, 'graphiql' | 'renderGraphiQL'> {
  if (devTokens === undefined) return { graphiql: false };
  return { graphiql: async () => page(await devTokens()), renderGraphiQL };
}

function page(tokens: readonly { identity: string; token: string }[]): GraphiQLOptions {
  const tabs = tokens.map(({ identity, token }) => {
    const query = operations[identity.split('@')[0] ?? ''] ?? lookAround;
    return { query: `# You are ${identity}.\n${query}`, headers: JSON.stringify({ authorization: `Bearer ${token}` }, null, 2) };
  });
  return { title: 'Countersign', defaultTabs: tabs, shouldPersistHeaders: false };
}
