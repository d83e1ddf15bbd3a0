import type { z } from 'zod';
import { messageOf } from '../../src/core/index.ts';
import { StepError } from '../step.ts';

/** Where releases are, and who asks. On a runner: `GITHUB_API_URL`, `GITHUB_REPOSITORY` (owner/name) and a token with `contents: write`. */
export type Account = { readonly api: string; readonly repository: string; readonly token: string };

export type Call = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Blob;
};

/** The address of something in the repository. */
export function addressOf({ api, repository }: Account, path: string): string {
  return `${api}/repos/${repository}${path}`;
}

/** @throws StepError `step.unreachable` */
export async function ask({ token }: Account, { method, url, headers = {}, body }: Call): Promise<Response> {
  const fixed = {
    authorization: `Bearer ${token}`,
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    'user-agent': 'countersign-ci',
  };
  try {
    return await fetch(url, { method, headers: { ...fixed, ...headers }, ...(body === undefined ? {} : { body }) });
  } catch (cause) {
    const why = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    throw new StepError('step.unreachable', `${method} ${url} got no answer: ${messageOf(why)}`, {
      cause,
      remedy: 'run the step again: what is attached already stays',
    });
  }
}

/** The body of an answer that has one of these codes. @throws StepError `step.refused`, `step.malformed` */
export async function read<S extends z.ZodType>(call: Call, response: Response, codes: readonly number[], schema: S): Promise<z.output<S>> {
  const text = await response.text();
  if (!codes.includes(response.status)) throw refused(call, response.status, text);
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new StepError(
    'step.malformed',
    `${call.method} ${call.url} answered something else than a release host does: ${parsed.error.message}`,
    {
      cause: parsed.error,
      remedy: 'check that GITHUB_API_URL is the address of the API',
    },
  );
}

/** Nothing for no text, and for a page of something else. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? undefined : null;
  }
}

export function refused({ method, url }: Call, status: number, text: string): StepError {
  return new StepError('step.refused', `${method} ${url} was refused with ${status}: ${text.trim().slice(0, 500)}`, {
    remedy: 'check GITHUB_REPOSITORY and that GITHUB_TOKEN may write contents (`permissions: contents: write`)',
  });
}
