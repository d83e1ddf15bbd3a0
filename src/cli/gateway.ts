import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { readEnv } from '../config/index.ts';
import { messageOf } from '../core/index.ts';
import { CliError } from './errors.ts';

export type GatewayOptions = { gateway?: string | undefined; tokenFile?: string | undefined; json?: boolean };

/** What every command that calls a gateway is given. */
export function withGateway(command: Command): Command {
  return command
    .option('--gateway <url>', 'the gateway; default: COUNTERSIGN_URL, else http://127.0.0.1:4000')
    .option('--token-file <file>', 'the file that holds the bearer token; default: the token in COUNTERSIGN_TOKEN')
    .option('--json', 'print the result as JSON');
}

const decision = z.object({
  decisionId: z.string(),
  result: z.enum(['ALLOW', 'DENY', 'STEP_UP']),
  ruleId: z.string(),
  explanation: z.string(),
  rules: z.array(z.object({ ruleId: z.string(), explanation: z.string(), remedy: z.string() })),
  challenge: z.object({ acrValues: z.string(), maxAge: z.number() }).nullable(),
});
export type Decision = z.infer<typeof decision>;

/** What each governed field is asked for beside its own. */
export const DECISION =
  'decision { decisionId result ruleId explanation rules { ruleId explanation remedy } challenge { acrValues maxAge } }';

const problems = z.object({
  errors: z
    .array(
      z.object({ message: z.string(), extensions: z.object({ code: z.string().optional(), remedy: z.string().nullish() }).optional() }),
    )
    .min(1),
});

/** A gateway as one caller sees it. */
export class GatewayClient {
  readonly url: string;
  readonly #token: string;
  readonly #signal: AbortSignal;

  /** @param as who calls, in development: for the hint where there is no token. @throws CliError `cli.no_token`, `cli.invalid_option` */
  constructor({ gateway, tokenFile }: GatewayOptions, signal: AbortSignal, as = 'release-bot') {
    const env = readEnv();
    this.url = parseUrl(gateway ?? env.secret('COUNTERSIGN_URL') ?? 'http://127.0.0.1:4000');
    this.#token = tokenFrom(tokenFile === undefined ? env.secret('COUNTERSIGN_TOKEN') : readToken(tokenFile), as);
    this.#signal = signal;
  }

  get authorization(): string {
    return `Bearer ${this.#token}`;
  }

  /**
   * One governed field, under the name `asked`: its decision, and whatever `rest` reads of it.
   *
   * @throws CliError `cli.refused`, `cli.unreachable`
   */
  async ask<R>(document: string, variables: object, rest: z.ZodType<R>): Promise<{ decision: Decision; rest: R }> {
    const answered = await this.#post({ query: document, variables });
    const failed = problems.safeParse(answered);
    if (failed.success) throw refused(failed.data.errors[0]);
    const { asked } = z.object({ data: z.object({ asked: z.looseObject({ decision }) }) }).parse(answered).data;
    return { decision: asked.decision, rest: rest.parse(asked) };
  }

  async #post(body: object): Promise<unknown> {
    const headers = { authorization: this.authorization, 'content-type': 'application/json', accept: 'application/json' };
    try {
      const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body), signal: this.#signal });
      return await readJson(response);
    } catch (cause) {
      throw cause instanceof CliError ? cause : unreachable(this.url, cause);
    }
  }
}

export function unreachable(url: string, cause: unknown): CliError {
  return new CliError('cli.unreachable', `the gateway at \`${url}\` does not answer: ${messageOf(cause)}`, {
    cause,
    remedy: 'start it, or correct its address; then repeat the call',
  });
}

/** Refused before GraphQL: problem details (RFC 9457). */
const problem = z.object({ title: z.string(), code: z.string().optional(), remedy: z.string().nullish() });

export function refusedWith(status: number, said: unknown): CliError {
  const parsed = problem.safeParse(said);
  return parsed.success
    ? refused({ message: parsed.data.title, extensions: parsed.data })
    : new CliError('cli.refused', `the gateway answered ${status}`, { remedy: 'see its log' });
}

async function readJson(response: Response): Promise<unknown> {
  const said: unknown = await response.json().catch(() => undefined);
  if (response.ok || problems.safeParse(said).success) return said;
  throw refusedWith(response.status, said);
}

type Refusal = {
  readonly message: string;
  readonly extensions?: { readonly code?: string | undefined; readonly remedy?: string | null | undefined } | undefined;
};

function refused(error: Refusal | undefined): CliError {
  const { message, extensions } = error ?? { message: 'the gateway answered with an error', extensions: undefined };
  const code = extensions?.code;
  const remedy = extensions?.remedy ?? undefined;
  return new CliError('cli.refused', code === undefined ? message : `${message} (${code})`, remedy === undefined ? {} : { remedy });
}

function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '');
  throw new CliError('cli.invalid_option', `\`${text}\` is not the address of a gateway`, {
    remedy: 'write it as https://host:port',
  });
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new CliError('cli.no_token', `cannot read \`${file}\`: ${messageOf(cause)}`, { cause, remedy: 'correct --token-file' });
  }
}

function tokenFrom(token: string | undefined, as: string): string {
  if (token !== undefined && token !== '') return token;
  throw new CliError('cli.no_token', 'there is no token', {
    remedy: `set COUNTERSIGN_TOKEN or --token-file; in development: COUNTERSIGN_TOKEN=$(countersign token --as ${as})`,
  });
}
