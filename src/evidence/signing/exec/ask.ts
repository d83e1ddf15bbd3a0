import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { messageOf } from '../../../core/index.ts';
import { EvidenceError } from '../../errors.ts';

export type Question = {
  readonly program: string;
  readonly verb: 'public-key' | 'sign';
  readonly input?: Uint8Array | undefined;
  /** A signature may wait for a person who touches a token. */
  readonly timeoutMilliseconds: number;
  readonly signal?: AbortSignal | undefined;
};

/** More than any key or signature, and not as much as a program that prints without end. */
const MOST_BYTES = 64 * 1024;

/**
 * Runs a program without a shell: the question is its only argument, what is to be signed comes through stdin, so that nothing
 * of it is in the list of processes.
 *
 * @throws EvidenceError `evidence.key_program_failed`, with what the program said on stderr
 */
export async function askProgram(question: Question): Promise<string> {
  const { program, verb, input, signal } = question;
  const child = spawn(program, [verb], { stdio: ['pipe', 'pipe', 'pipe'], ...(signal === undefined ? {} : { signal }) });
  const [said, complaint] = [collect(child.stdout), collect(child.stderr)];
  // A program that does not read what it is given is told by what it answers.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = await endOf(child, question.timeoutMilliseconds);
  if (ended === undefined) return said();
  throw failed(question, complaint() === '' ? ended : `${ended}: ${complaint().slice(-500)}`);
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MOST_BYTES) chunks.push(chunk);
    else stream.destroy(new Error(`it printed more than ${MOST_BYTES} bytes`));
  });
  return () => Buffer.concat(chunks).toString('utf8').trim();
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Undefined when the program did its work. What a grandchild keeps open is not waited for once the time is over. */
function endOf(child: Child, timeoutMilliseconds: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const stop = (why: string) => {
    child.kill('SIGKILL');
    child.stdout.destroy();
    child.stderr.destroy();
    resolve(why);
  };
  const timer = setTimeout(() => stop(`it has not answered in ${timeoutMilliseconds / 1000} s`), timeoutMilliseconds);
  for (const stream of [child.stdout, child.stderr]) stream.on('error', (error) => stop(messageOf(error)));
  child.on('error', (error) => resolve(messageOf(error)));
  child.on('close', (code, killedBy) => resolve(code === 0 ? undefined : `it ended with ${killedBy ?? `exit code ${code}`}`));
  return promise.finally(() => clearTimeout(timer));
}

function failed({ program, verb }: Question, why: string): EvidenceError {
  return new EvidenceError('evidence.key_program_failed', `\`${program} ${verb}\` failed: ${why}`, {
    remedy: 'run it by hand and correct what it names; docs/evidence-format.md says what it must print; nothing was signed',
  });
}
