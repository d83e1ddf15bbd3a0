import type { Identity } from '../auth/index.ts';
import { type Clock, canonicalBytes, digestOf, digestOfJson, type EntryId, entryOf, type JsonObject, newId } from '../core/index.ts';
import type { Ledger, Receipt } from '../ledger/index.ts';
import { type PolicyEngine, type PolicyInput, type PolicyRegistry, policyNow } from '../policy/index.ts';
import type { Database, Trx } from '../storage/index.ts';
import type { Span, Telemetry } from '../telemetry/index.ts';
import { type DataKey, subjectOf, type Vault } from '../vault/index.ts';
import { parseArguments } from './arguments.ts';
import type { AnyCommand, Command, Loaded, Preview, Scope } from './command.ts';
import { type Decision, disclose, toDecision } from './decision.ts';
import { GovernError } from './errors.ts';
import { Gate } from './gate.ts';
import { claimKey, type IdempotencyClaim, storeOutcome } from './idempotency.ts';
import { PersonalText, personalTexts } from './personal-text.ts';

export type KernelOptions = {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly policies: Pick<PolicyRegistry, 'engineFor'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly maxInFlight: number;
  /** Told of each action once, after its commit and never for a repeated call: where domains count. */
  readonly onSettled?: (decision: Decision, result: JsonObject | null, input: PolicyInput) => void;
};

/** What a caller of an action gives. */
export type ActionRequest = {
  readonly identity: Identity;
  readonly args: unknown;
  /** Repeating a call with the same key and arguments gives the same decision and effect, once. */
  readonly idempotencyKey?: string | undefined;
};

/** The answer: always a decision, a result only when it allowed, and where the ledger has it. */
export type Outcome = { readonly decision: Decision; readonly result: JsonObject | null; readonly receipt: Receipt };

/** What one transaction settled; everything a repeated call needs. */
type Settled = { readonly decision: Decision; readonly result: JsonObject | null; readonly entryId: EntryId };
/** A scope before it is known whose key seals what is written. */
type Begun = Omit<Scope, 'seal'>;
type Written = { readonly text: PersonalText; readonly key: DataKey | undefined };
/** One call: its command, what it says, and what was done ahead of its transaction. */
type Asked<A, S, R extends JsonObject, P> = {
  readonly command: Command<A, S, R, P>;
  readonly args: A;
  readonly prepared: P | undefined;
};
type Answered = Settled & { /** Null: repeated, decided earlier. */ readonly input: PolicyInput | null };

/**
 * The one way through: identity, decision, ledger, effect, followers. Nothing that changes state, and no view of evidence,
 * goes around it (design §1).
 */
export class Kernel {
  readonly #options: KernelOptions;
  readonly #commands: ReadonlyMap<string, AnyCommand>;
  readonly #gate: Gate;

  constructor(options: KernelOptions, commands: readonly AnyCommand[]) {
    this.#options = options;
    this.#commands = new Map(commands.map((command) => [command.action, command]));
    if (this.#commands.size !== commands.length) throw new Error('two commands have one action');
    this.#gate = new Gate(options.maxInFlight, (inFlight) => options.telemetry.metrics.inFlight.set(inFlight));
  }

  /** The actions that have a command. */
  get actions(): readonly string[] {
    return [...this.#commands.keys()].toSorted();
  }

  /**
   * Decides one action, does it if it is allowed, and records both in one transaction; then waits, for a bounded time, until
   * the entry has its place.
   *
   * @throws GovernError; StorageError; LedgerError `ledger.entry_too_large`. Nothing half-done is left. After `storage.unavailable` it may
   *   be done all the same (the connection went while it was committing): repeat with the same key to know.
   */
  async govern(action: string, request: ActionRequest): Promise<Outcome> {
    const command = this.#commands.get(action);
    if (command === undefined) throw new GovernError('govern.unknown_action', `there is no action \`${action}\``);
    return this.#gate.pass(() => command.run((typed) => this.#govern(typed, request)));
  }

  /** Refuses new actions and waits for those under way. */
  close(): Promise<void> {
    return this.#gate.close();
  }

  async #govern<A, S, R extends JsonObject, P>(command: Command<A, S, R, P>, request: ActionRequest): Promise<Outcome> {
    const args = parseArguments(command, request.args);
    const { database, telemetry } = this.#options;
    return telemetry.tracing.span(command.action, async (span) => {
      const prepared = await command.prepare?.(args, this.#preview(command.action, request.identity));
      const settled = await database.transaction(request.identity.actor.tenant, (trx) =>
        this.#settle(trx, { command, args, prepared }, request),
      );
      const receipt = await this.#acknowledge(settled);
      this.#observe(span, settled, receipt);
      return { decision: disclose(settled.decision, settled.entryId), result: settled.result, receipt };
    });
  }

  async #settle<A, S, R extends JsonObject, P>(trx: Trx, asked: Asked<A, S, R, P>, request: ActionRequest): Promise<Answered> {
    const { command, args, prepared } = asked;
    const engine = this.#options.policies.engineFor(request.identity.actor.tenant);
    const begun = this.#begin(request.identity, engine);
    const { text, key } = await this.#textOf(trx, command, args, begun);
    const scope: Scope = { ...begun, seal: (value, place) => text.seal(value, place) };
    const claim = claimOf(command.action, request, scope, key);
    const earlier = claim && (await claimKey(trx, claim));
    if (earlier !== undefined) return { ...readSettled(earlier), input: null };
    const loaded = await command.load(trx, args, scope, prepared);
    const input = inputOf(command.action, scope, loaded);
    const recorded = text.committedInput(input);
    const decision = this.#decide(engine, input, recorded, scope);
    const effect = decision.result === 'ALLOW' ? await command.effect(trx, args, known(loaded), scope) : null;
    const settled = { decision, result: effect?.result ?? null, entryId: entryOf(scope.decisionId) };
    const data = { decision, input: recorded, effect: effect && text.committedEffect(effect.record) };
    await this.#record(trx, settled.entryId, input, data, loaded.about);
    if (key !== undefined) await this.#options.vault.keep(trx, key, settled.entryId, text.disclosures);
    if (claim !== undefined && isFinal(decision)) await storeOutcome(trx, claim, JSON.stringify(settled));
    return { ...settled, input };
  }

  #preview(action: string, identity: Identity): Preview {
    const engine = this.#options.policies.engineFor(identity.actor.tenant);
    const begun = this.#begin(identity, engine);
    const allows: Preview['allows'] = (supposed) => engine.decide(inputOf(action, begun, supposed)).verdict.result === 'ALLOW';
    return { ...identity, now: begun.now, allows };
  }

  #begin(identity: Identity, { version }: PolicyEngine): Begun {
    const now = this.#options.clock.now();
    return { ...identity, now, decisionId: newId('decision', now), policy: version };
  }

  /** What the actor wrote, with their key when they wrote something: one statement, and none where nobody can. */
  async #textOf<A, S, R extends JsonObject, P>(trx: Trx, command: Command<A, S, R, P>, args: A, begun: Begun): Promise<Written> {
    const texts = personalTexts(command.personal ?? [], args);
    const { id, tenant } = begun.actor;
    const key = texts.size === 0 ? undefined : await this.#options.vault.keyOf(trx, { tenant, subject: subjectOf(id) }, begun.now);
    return { text: new PersonalText(texts, key, entryOf(begun.decisionId)), key };
  }

  #decide(engine: PolicyEngine, input: PolicyInput, recorded: JsonObject, scope: Scope): Decision {
    const { telemetry } = this.#options;
    const evaluation = engine.decide(input);
    if (evaluation.fault !== undefined)
      telemetry.log.error({ err: evaluation.fault, decisionId: scope.decisionId }, 'the policy engine failed, denied');
    telemetry.metrics.decisionSeconds.observe({ action: input.action }, evaluation.micros / 1e6);
    // A digest of what somebody wrote would confirm a guess for ever: it is taken of what the ledger keeps.
    const inputDigest = recorded === input ? evaluation.inputDigest : digestOfJson(recorded);
    return toDecision(scope.decisionId, scope.actor.tenant, input, { ...evaluation, inputDigest });
  }

  async #record(
    trx: Trx,
    id: EntryId,
    { actor, resource }: PolicyInput,
    data: { readonly decision: Decision; readonly input: JsonObject; readonly effect: JsonObject | null },
    about: readonly string[] = [],
  ): Promise<void> {
    const { decision } = data;
    await this.#options.ledger.append(
      trx,
      decision.tenant,
      {
        id,
        ts: decision.ts,
        type: decision.action,
        subject: `${resource.type}:${resource.id}`,
        actor: { id: actor.id, kind: actor.kind },
        data,
      },
      about,
    );
  }

  async #acknowledge(settled: Settled): Promise<Receipt> {
    const stop = this.#options.telemetry.metrics.ledgerWaitSeconds.startTimer();
    const receipt = await this.#options.ledger.acknowledge(settled.decision.tenant, settled.entryId);
    stop({ status: receipt.status });
    return receipt;
  }

  #observe(span: Span, answered: Answered, receipt: Receipt): void {
    const { decisionId, action, result, ruleId, tenant, micros } = answered.decision;
    const { telemetry, onSettled } = this.#options;
    span.setAttributes({ 'ig.decision_id': decisionId, 'ig.rule_id': ruleId, 'ig.result': result });
    telemetry.log.info(
      { decisionId, action, result, ruleId, tenant, micros, entryId: receipt.entryId, repeated: answered.input === null },
      'decided',
    );
    if (answered.input === null) return;
    telemetry.metrics.decisions.inc({ action, result, rule: ruleId });
    try {
      onSettled?.(answered.decision, answered.result, answered.input);
    } catch (error) {
      telemetry.log.error({ err: error, decisionId }, 'an action is done, but who counts it failed'); // it is committed: the answer stands
    }
  }
}

function inputOf(action: string, scope: Begun, loaded: Pick<Loaded<unknown>, 'resource' | 'facts'>): PolicyInput {
  const { actor, context, now } = scope;
  return {
    action,
    now: policyNow(now),
    actor: { ...actor, roles: [...actor.roles], purposes: [...actor.purposes], amr: [...actor.amr] },
    resource: loaded.resource,
    context,
    facts: loaded.facts,
  };
}

function known<State>(loaded: Loaded<State>): State {
  if (loaded.state !== null && loaded.resource.known) return loaded.state;
  throw new Error('the policy allowed an action on an unknown resource');
}

function claimOf(action: string, request: ActionRequest, scope: Scope, written: DataKey | undefined): IdempotencyClaim | undefined {
  const { idempotencyKey: key, args } = request;
  if (key === undefined) return undefined;
  if (key.length < 8 || key.length > 200 || /\p{Cc}|\p{Cs}/u.test(key)) {
    throw new GovernError('govern.invalid_arguments', 'an idempotency key has 8 to 200 printable characters', { remedy: 'send a UUID' });
  }
  const content = canonicalBytes({ action, args: JSON.parse(JSON.stringify(args)) });
  const requestDigest = written?.digest(content) ?? digestOf(content); // keyed: the plain one would confirm a guess of the text
  return { tenant: scope.actor.tenant, actor: scope.actor.id, key, requestDigest, now: scope.now };
}

/** A step-up invites to repeat the call with the same key, and a fault of ours is not an answer: neither pins the key. */
function isFinal(decision: Decision): boolean {
  return decision.result !== 'STEP_UP' && decision.ruleId !== 'engine.fault';
}

function readSettled(stored: string): Settled {
  return JSON.parse(stored);
}
