import { z } from 'zod';
import { acrMultiFactor, acrPassword, mintDevToken } from '../src/auth/index.ts';
import { systemClock } from '../src/core/index.ts';

const decision = z.object({
  result: z.string(),
  ruleId: z.string(),
  explanation: z.string(),
  rules: z.array(z.object({ ruleId: z.string(), explanation: z.string(), remedy: z.string() })),
  challenge: z.object({ acrValues: z.string(), maxAge: z.number() }).nullable(),
});

export const orchestration = z.object({
  id: z.string(),
  status: z.string(),
  planHash: z.string().nullable(),
  difference: z.unknown(),
  outcome: z.unknown(),
});
export type OrchestrationView = z.infer<typeof orchestration>;

const governed = z.object({ decision, orchestration: orchestration.nullish() });
export type GovernedAnswer = z.infer<typeof governed>;

/** The public GraphQL API as one identity of the dev issuer sees it: the demo has no other way in. */
export class Client {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  static async signIn(gateway: { url: string; issuer: string; dataDir: string }, identity: string, secondFactor = false): Promise<Client> {
    const acr = secondFactor ? acrMultiFactor : acrPassword;
    const { dataDir, issuer } = gateway;
    return new Client(`${gateway.url}/graphql`, await mintDevToken({ dataDir, issuer, identity, acr, clock: systemClock }));
  }

  /** Runs an operation and reads what it says under `data.<field>`. */
  async ask<S extends z.ZodType>(query: string, field: string, schema: S, variables: object = {}): Promise<z.output<S>> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
      body: JSON.stringify({ query, variables }),
    });
    const body = await response.json();
    const { data } = z.object({ data: z.record(z.string(), z.unknown()) }).parse(body, { reportInput: true });
    return schema.parse(data[field]);
  }

  /** Runs a mutation about a remedy, by its field and input type. */
  act(field: string, inputType: string, input: object, idempotencyKey?: string): Promise<GovernedAnswer> {
    const selection =
      'decision { result ruleId explanation rules { ruleId explanation remedy } challenge { acrValues maxAge } } orchestration { id status planHash difference outcome }';
    const query = `mutation ($input: ${inputType}!, $key: String) { ${field}(input: $input, idempotencyKey: $key) { ${selection} } }`;
    return this.ask(query, field, governed, { input, key: idempotencyKey });
  }

  /** Asks until the agent's answer is in. */
  async settled(id: string, states: readonly string[]): Promise<OrchestrationView> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const view = await this.ask(
        'query ($id: ID!) { orchestration(id: $id) { id status planHash difference outcome } }',
        'orchestration',
        orchestration,
        { id },
      );
      if (states.includes(view.status)) return view;
      if (Date.now() > deadline) throw new Error(`the orchestration is still ${view.status} after 15 s`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
