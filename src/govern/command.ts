import type { z } from 'zod';
import type { Identity } from '../auth/index.ts';
import type { DecisionId, JsonObject } from '../core/index.ts';
import type { Facts, PolicyVersion, Resource } from '../policy/index.ts';
import type { Trx } from '../storage/index.ts';
import type { Place } from '../vault/index.ts';

/** Who acts, when, under which policy and decision: the same for every step of one action. */
export type Scope = Identity & {
  readonly now: Date;
  readonly decisionId: DecisionId;
  readonly policy: PolicyVersion;
  /** A personal text of this call as a row may hold it; only its writer's key opens it, and only there. */
  readonly seal: (text: string, place: Place) => string;
};

/** What a command read before the decision. `state` is null when the resource is unknown: then nothing can be allowed. */
export type Loaded<State> = {
  readonly resource: Resource;
  readonly facts: Facts;
  /** Further ledger subjects whose timelines show this action, beside the resource itself. */
  readonly about?: readonly string[];
  readonly state: State | null;
};

/** What a command did. Both parts are JSON: the result is given again to a repeated call, the record goes into the ledger. */
export type Effect<Result extends JsonObject> = { readonly result: Result; readonly record: JsonObject };

/** What `prepare` knows: who asks, and whether the policy would allow it if things were so. Nothing of it is recorded. */
export type Preview = Identity & {
  readonly now: Date;
  readonly allows: (supposed: Pick<Loaded<unknown>, 'resource' | 'facts'>) => boolean;
};

/**
 * An action as data. The kernel parses `args`, lets `load` lock and read what the decision depends on, asks the policy, and
 * only then runs `effect`, all in one transaction. What leaves the database is a job that `effect` enqueues.
 */
export type Command<Args = unknown, State = unknown, Result extends JsonObject = JsonObject, Prepared = undefined> = {
  readonly action: string;
  readonly args: z.ZodType<Args>;
  /**
   * Arguments in which the actor writes freely. The kernel commits to them in the ledger instead of writing them there: as
   * `facts.request.<name>`, and as member `<name>` of the effect's record. A row holds them sealed by `scope.seal`.
   */
  readonly personal?: readonly (keyof Args & string)[];
  /**
   * What takes too long for a transaction and changes nothing. It is done before the transaction, so `load` gets what came of it and makes sure
   * that what it relied on is still so. Only for whom the policy would allow the rest: else anyone could have it done.
   */
  readonly prepare?: (args: Args, preview: Preview) => Promise<Prepared | undefined>;
  readonly load: (trx: Trx, args: Args, scope: Scope, prepared: Prepared | undefined) => Promise<Loaded<State>>;
  readonly effect: (trx: Trx, args: Args, state: State, scope: Scope) => Promise<Effect<Result>>;
};

/** A command whose types only it knows: how a list of different commands is held. */
export type AnyCommand = {
  readonly action: string;
  run<T>(use: <Args, State, Result extends JsonObject, Prepared>(command: Command<Args, State, Result, Prepared>) => T): T;
};

/** Seals a command's types, so that commands of all kinds fit one registry without a cast. */
export function defineCommand<Args, State, Result extends JsonObject, Prepared = undefined>(
  command: Command<Args, State, Result, Prepared>,
): AnyCommand {
  return { action: command.action, run: (use) => use(command) };
}
