import { messageOf, parseSize } from '../../core/index.ts';
import { LedgerError } from '../errors.ts';
import type { Witness } from './witness.ts';

/** What is sent to a witness: the size it knows, the proof from there, and the signed checkpoint. */
export type Submission = { readonly old: number; readonly proof: readonly Buffer[]; readonly note: string };

/** What a witness answers (https://c2sp.org/tlog-witness): signature lines, the size that it stands at, or why not. */
export type Answer =
  | { readonly kind: 'cosigned'; readonly lines: string }
  | { readonly kind: 'conflict'; readonly size: number }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * One add-checkpoint request.
 *
 * @throws LedgerError `ledger.witness_unavailable` when there is no answer in time, or one of a server that is not well
 */
export async function submit(witness: Witness, { old, proof, note }: Submission, signal: AbortSignal): Promise<Answer> {
  const body = `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;
  const { status, text } = await post(witness, body, signal);
  if (status === 200) return { kind: 'cosigned', lines: text };
  if (status === 409) {
    const size = parseSize(text.trim());
    if (size !== undefined) return { kind: 'conflict', size };
  }
  if (status >= 500 || status === 429) throw unavailable(witness, `it answered ${status}`);
  return { kind: 'refused', status, reason: text.slice(0, 200).trim() };
}

async function post(witness: Witness, body: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
  try {
    // A redirect would hand our checkpoint, and the choice of who answers, to somebody else.
    const response = await fetch(witness.endpoint, {
      method: 'POST',
      body,
      signal,
      redirect: 'error',
      headers: { 'content-type': 'text/plain' },
    });
    return { status: response.status, text: await readText(response) };
  } catch (cause) {
    throw unavailable(witness, reasonOf(cause), cause);
  }
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`its answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch` says only that it failed; why is in the cause. */
function reasonOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.cause !== undefined ? messageOf(thrown.cause) : messageOf(thrown);
}

function unavailable(witness: Witness, why: string, cause?: unknown): LedgerError {
  return new LedgerError('ledger.witness_unavailable', `witness \`${witness.name}\` gave no answer: ${why}`, {
    cause,
    remedy: `see whether \`${witness.endpoint}\` can be reached from here; it is asked again, less and less often`,
  });
}
