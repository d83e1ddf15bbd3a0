import type { JsonObject } from '../../core/index.ts';
import type { Remedy } from '../model.ts';

export type Run = {
  readonly orchestrationId: string;
  /** One a dry run or execution, the same however often it is tried: the agent's idempotency key. */
  readonly runId: string;
  readonly remedy: Remedy;
};

/** What a dry run or an execution came to; `detail` is what the agent said, bounded. */
export type RunResult = {
  readonly succeeded: boolean;
  /** False: nobody said how it went, so whether it was done is not known. */
  readonly answered: boolean;
  readonly detail: JsonObject;
};

/** Something that can carry out a remedy. Both verbs may be called again with the same `runId` and must then act once. */
export type Adapter = {
  readonly name: string;
  /** True: nothing real happens. */
  readonly simulated: boolean;
  dryRun(run: Run, signal: AbortSignal): Promise<RunResult>;
  execute(run: Run, signal: AbortSignal): Promise<RunResult>;
};
