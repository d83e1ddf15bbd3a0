import { isJsonObject, type Json, type JsonObject } from '../core/index.ts';
import type { PolicyInput } from '../policy/index.ts';
import { commitmentOf, type DataKey, type Disclosure, type Place } from '../vault/index.ts';
import { GovernError } from './errors.ts';

/** Where the ledger has what a caller sent: nowhere else is a text looked for, and nowhere else may it be. */
const REQUEST = '/data/input/facts/request';
const EFFECT = '/data/effect';

/** The personal texts of a call, by the name of their argument. Blank ones tell nothing and stay as they are. */
export function personalTexts(names: readonly string[], args: unknown): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const name of names) {
    const text: unknown = isJsonObject(args) ? args[name] : undefined;
    if (typeof text === 'string' && text.trim() !== '') texts.set(name, text);
  }
  return texts;
}

/**
 * What a person wrote in one action, on its way into rows and into the ledger: sealed there, committed to here, never plain. The
 * decision itself is left alone, so that nobody hides one by writing what it says.
 */
export class PersonalText {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #key: DataKey | undefined;
  readonly #entryId: string;
  readonly #disclosures: Disclosure[] = [];

  /** @param key of who wrote it; undefined when they wrote nothing */
  constructor(texts: ReadonlyMap<string, string>, key: DataKey | undefined, entryId: string) {
    this.#texts = texts;
    this.#key = key;
    this.#entryId = entryId;
  }

  /** What opens the commitments made so far. */
  get disclosures(): readonly Disclosure[] {
    return this.#disclosures;
  }

  /** A text as a row may hold it. */
  seal(text: string, place: Place): string {
    if (this.#key !== undefined) return this.#key.seal(text, place);
    if (text.trim() === '') return text;
    throw new Error(`a text for \`${place.column}\` comes from no argument that its command declares personal`);
  }

  /** The input as the ledger keeps it. @throws GovernError `govern.invalid_arguments` */
  committedInput(input: PolicyInput): JsonObject {
    const { request } = input.facts;
    if (this.#key === undefined) return input;
    const facts = request === undefined ? input.facts : { ...input.facts, request: this.#commit(request, REQUEST, this.#key) };
    this.#assertGone(knownToCaller(input, facts), '/data/input');
    return { ...input, facts };
  }

  /** The record of an effect as the ledger keeps it. @throws GovernError `govern.invalid_arguments` */
  committedEffect(record: JsonObject): JsonObject {
    return this.#key === undefined ? record : this.#assertGone(this.#commit(record, EFFECT, this.#key), EFFECT);
  }

  #commit(object: JsonObject, at: string, key: DataKey): JsonObject {
    const members = Object.entries(object).map(([name, value]): [string, Json] => {
      if (typeof value !== 'string' || this.#texts.get(name) !== value) return [name, value];
      const path = `${at}/${name}`;
      const disclosure = { path, salt: key.salt(this.#entryId, path), value };
      this.#disclosures.push(disclosure);
      return [name, commitmentOf(disclosure)];
    });
    return Object.fromEntries(members);
  }

  /** A text that is also the value of something else would stay there, readable for ever. */
  #assertGone<Part extends JsonObject>(part: Part, at: string): Part {
    const texts = new Set(this.#texts.values());
    const where = find(part, at, texts);
    if (where === undefined) return part;
    throw new GovernError(
      'govern.invalid_arguments',
      `what you wrote is also the value of \`${where}\`, from where it could not be erased`,
      {
        remedy: 'write it in a sentence of your own, and in no other field',
      },
    );
  }
}

/**
 * What came from the caller. Facts that a command loaded were there before, so a text that is one of them leaves nothing behind; and to
 * refuse it would tell whoever may call the action at all what they say, with neither a decision nor an entry.
 */
function knownToCaller(input: PolicyInput, { request }: PolicyInput['facts'] | JsonObject): JsonObject {
  const { type, id } = input.resource;
  return { ...input, resource: { type, id }, facts: request === undefined ? {} : { request } };
}

/** Pointer to the first string in `value` that is one of `texts`. */
function find(value: Json, at: string, texts: ReadonlySet<string>): string | undefined {
  if (typeof value === 'string') return texts.has(value) ? at : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const where = texts.has(name) ? at : find(member, `${at}/${name}`, texts);
    if (where !== undefined) return where;
  }
  return undefined;
}
