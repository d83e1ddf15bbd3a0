import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CodedError } from '../src/core/index.ts';
import { isMain } from '../tools/main.ts';

export type StepErrorCode =
  | 'step.usage'
  | 'step.command_failed'
  | 'step.unreadable'
  | 'step.malformed'
  | 'step.unreachable'
  | 'step.refused'
  | 'step.asset_differs'
  | 'step.not_verified';

/** Why a step of a release cannot be done. */
export class StepError extends CodedError<StepErrorCode> {
  /** What the script ends with: 2 for wrong use, that of the command which failed, else 1. */
  readonly exitCode: number;

  constructor(code: StepErrorCode, message: string, options: { cause?: unknown; remedy?: string; exitCode?: number } = {}) {
    super(code, message, options);
    this.exitCode = options.exitCode ?? (code === 'step.usage' ? 2 : 1);
  }
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** What somebody can type after the name of a script. */
export type Step<O extends Options> = {
  /** How it is called and what it does, after `usage: `. */
  readonly usage: string;
  readonly options: O;
  readonly run: (given: Given<O>) => Promise<void>;
};

type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true; strict: true }>>;
export type Given<O extends Options> = { readonly values: Parsed<O>['values']; readonly positionals: readonly string[] };

/**
 * Runs a script when it is the program that was started. Exit codes: 0 done, 1 not done, 2 wrong use, or the code of the command that
 * failed (`ig-evidence` has its own, docs/evidence-format.md).
 */
export async function step<O extends Options>(url: string, { usage, options, run }: Step<O>): Promise<void> {
  if (!isMain(url)) return;
  try {
    if (process.argv.includes('--help')) process.stdout.write(`usage: ${usage}\n`);
    else await run(parse(options));
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    process.stderr.write(`error ${error.code}: ${error.message}\n${error.remedy === undefined ? '' : `→ ${error.remedy}\n`}`);
    if (error.code === 'step.usage') process.stderr.write(`usage: ${usage}\n`);
    process.exitCode = error instanceof StepError ? error.exitCode : 1;
  }
}

function parse<O extends Options>(options: O): Given<O> {
  try {
    return parseArgs({ options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new StepError('step.usage', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** An option that must be given. @throws StepError `step.usage` */
export function required(name: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value;
  throw new StepError('step.usage', `${name} is missing`);
}

/** A variable that must be set. @throws StepError `step.usage` */
export function environment(name: string): string {
  return required(`the environment variable ${name}`, process.env[name]);
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
