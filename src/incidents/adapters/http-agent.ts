import { setTimeout as delay } from 'node:timers/promises';
import { canonicalBytes, digestOf, isJsonObject, type Json, messageOf, recordableText } from '../../core/index.ts';
import { IncidentError } from '../errors.ts';
import type { Adapter, Run, RunResult } from './adapter.ts';

export type HttpAgentOptions = {
  readonly name: string;
  readonly url: string;
  readonly timeoutSeconds: number;
  readonly bearer?: string | undefined;
  /** How often an unreachable or failing agent is tried in one run; the run's id makes a repeated try harmless. */
  readonly attempts?: number;
  readonly pauseMilliseconds?: number;
};

/** Above this an answer is a failure: what cannot be read whole cannot be bound by a digest. */
const MAX_BODY_BYTES = 1_048_576;
/** This much of it goes into the ledger beside the digest of the whole. */
const KEPT_BYTES = 8_192;

/**
 * A runtime agent over HTTP: `POST <url>/dry-run` and `POST <url>/execute` with the remedy as JSON and the run's id as
 * `Idempotency-Key`. 2xx is success, other answers below 500 are final failures, 5xx and silence are tried again. A run that
 * is aborted has no result: it throws.
 */
export function httpAgent(options: HttpAgentOptions): Adapter {
  return {
    name: options.name,
    simulated: false,
    dryRun: (run, signal) => callAgent(options, 'dry-run', run, signal),
    execute: (run, signal) => callAgent(options, 'execute', run, signal),
  };
}

async function callAgent(options: HttpAgentOptions, verb: string, run: Run, signal: AbortSignal): Promise<RunResult> {
  const { attempts = 3, pauseMilliseconds = 500 } = options;
  for (let attempt = 1; ; attempt += 1) {
    const { result, final } = await tryOnce(options, verb, run, attempt, signal);
    if (final) return result;
    signal.throwIfAborted(); // we gave up, the agent did not fail: the run is carried on later, under the same id
    if (attempt >= attempts) return result;
    await delay(pauseMilliseconds * 2 ** (attempt - 1), undefined, { signal });
  }
}

async function tryOnce(
  options: HttpAgentOptions,
  verb: string,
  run: Run,
  attempt: number,
  signal: AbortSignal,
): Promise<{ result: RunResult; final: boolean }> {
  try {
    const response = await fetch(`${options.url.replace(/\/$/, '')}/${verb}`, {
      method: 'POST',
      redirect: 'error',
      headers: headersOf(options, run),
      body: JSON.stringify({ orchestrationId: run.orchestrationId, runId: run.runId, ...run.remedy }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutSeconds * 1000)]),
    });
    const body = await readBounded(response);
    const result = {
      succeeded: response.ok,
      answered: response.status < 500,
      detail: { agent: options.name, httpStatus: response.status, attempts: attempt, ...body },
    };
    return { result, final: response.status < 500 };
  } catch (error) {
    return {
      result: { succeeded: false, answered: false, detail: { agent: options.name, attempts: attempt, error: reasonOf(error) } },
      final: false,
    };
  }
}

function headersOf(options: HttpAgentOptions, run: Run): Record<string, string> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': run.runId };
  return options.bearer === undefined ? headers : { ...headers, authorization: `Bearer ${options.bearer}` };
}

/** The answer as evidence: its JSON or text, cut at 8 KiB, with the digest of the whole. */
async function readBounded(response: Response): Promise<{ body: Json; bodyDigest: string; cut: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new IncidentError('incident.agent_refused', `the agent's answer has more than ${MAX_BODY_BYTES} bytes`);
  }
  const bytes = Buffer.concat(chunks);
  const cut = size > KEPT_BYTES;
  const text = bytes.subarray(0, KEPT_BYTES).toString('utf8');
  return { body: cut ? recordableText(text) : parsed(text), bodyDigest: digestOf(bytes), cut };
}

/** The JSON object that it is; as text what is none, or what could not be recorded unchanged (integers beyond 2^53, U+0000). */
function parsed(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    canonicalBytes(value);
    return isJsonObject(value) && !text.includes(String.raw`\u0000`) ? value : recordableText(text);
  } catch {
    return recordableText(text);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'the agent did not answer in time';
  const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
  return recordableText(`${messageOf(error)}${cause}`.slice(0, 500));
}
