import { isUtf8 } from 'node:buffer';

/** Where a value stands in the bytes; `end` is after its last byte. */
export type Span = { start: number; end: number };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** As deep as core's canonical writer goes. */
const DEEPEST = 500;
/** So many decimal digits never exceed 2^53 - 1, and read back as they were written. */
const SURE_DIGITS = 15;

/** The fields whose place is kept, as their letters in one number: cheaper to tell apart than texts. */
const letters = (name: string): number => [...name].reduce((code, letter) => code * 256 + letter.charCodeAt(0), 0);
const V = letters('v');
const ID = letters('id');
const TS = letters('ts');
const LOG = letters('log');
const SEQ = letters('seq');
const PREV = letters('prev');
const TYPE = letters('type');

/**
 * Reads bytes once and says whether they are a JSON object in canonical form (RFC 8785): exactly what `parseCanonical` of core
 * accepts of objects, without parsing and writing it again, which would cost as much as everything else that a verifier does with
 * an entry. The test holds the two against each other. On the way it keeps where the fields of an entry stand.
 */
export class LeafScanner {
  readonly v: Span = { start: 0, end: 0 };
  readonly id: Span = { start: 0, end: 0 };
  readonly ts: Span = { start: 0, end: 0 };
  readonly log: Span = { start: 0, end: 0 };
  readonly seq: Span = { start: 0, end: 0 };
  readonly prev: Span = { start: 0, end: 0 };
  readonly type: Span = { start: 0, end: 0 };
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  /** The last string: it holds escapes or bytes beyond ASCII, so its bytes do not sort as its characters do. */
  #special = false;
  #beyondAscii = false;

  /** True for one canonical object and nothing else between `start` and `end`. A field that is not there has an empty span. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#beyondAscii = false;
    for (const span of [this.v, this.id, this.ts, this.log, this.seq, this.prev, this.type]) span.end = span.start = 0;
    if (bytes[start] !== 0x7b || !this.#object(0) || this.#at !== end) return false;
    return !this.#beyondAscii || isUtf8(bytes.subarray(start, end));
  }

  /** The text of a string's span, quotes left out; for strings whose letters are plain, as those of our fields are. */
  textOf(span: Span): string {
    const inner = this.#bytes.toString('utf8', span.start + 1, span.end - 1);
    return inner.includes('\\') ? String(JSON.parse(`"${inner}"`)) : inner;
  }

  isString(span: Span): boolean {
    return span.end > span.start && this.#bytes[span.start] === QUOTE;
  }

  #value(depth: number): boolean {
    switch (this.#bytes[this.#at]) {
      case QUOTE:
        return this.#string();
      case 0x7b:
        return this.#object(depth);
      case 0x5b:
        return this.#array(depth);
      case 0x74:
        return this.#word('true');
      case 0x66:
        return this.#word('false');
      case 0x6e:
        return this.#word('null');
      default:
        return this.#number();
    }
  }

  #word(word: string): boolean {
    const end = this.#at + word.length;
    if (end > this.#end) return false;
    for (let at = this.#at, letter = 0; at < end; at += 1, letter += 1) if (this.#bytes[at] !== word.charCodeAt(letter)) return false;
    this.#at = end;
    return true;
  }

  #array(depth: number): boolean {
    if (depth >= DEEPEST) return false;
    this.#at += 1;
    if (this.#bytes[this.#at] === 0x5d) return this.#step();
    for (;;) {
      if (this.#at >= this.#end || !this.#value(depth + 1) || !this.#step()) return false;
      const next = this.#bytes[this.#at - 1];
      if (next !== COMMA) return next === 0x5d;
    }
  }

  #step(): boolean {
    if (this.#at >= this.#end) return false;
    this.#at += 1;
    return true;
  }

  #object(depth: number): boolean {
    if (depth >= DEEPEST) return false;
    this.#at += 1;
    if (this.#bytes[this.#at] === 0x7d) return this.#step();
    let before = -1; // where the key before begins; none yet
    let beforeEnd = 0;
    let beforeSpecial = false;
    for (;;) {
      const key = this.#at;
      if (key >= this.#end || this.#bytes[key] !== QUOTE || !this.#string()) return false;
      const keyEnd = this.#at;
      const special = this.#special;
      if (before >= 0 && !this.#inOrder(before, beforeEnd, key, keyEnd, beforeSpecial || special)) return false;
      if (!this.#member(key, keyEnd, depth)) return false;
      const next = this.#bytes[this.#at - 1];
      if (next !== COMMA) return next === 0x7d;
      before = key;
      beforeEnd = keyEnd;
      beforeSpecial = special;
    }
  }

  /** The colon, the value and the byte after it. */
  #member(key: number, keyEnd: number, depth: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== COLON) return false;
    this.#at += 1;
    const value = this.#at;
    if (value >= this.#end || !this.#value(depth + 1)) return false;
    if (depth === 0) this.#keep(key, keyEnd, value);
    return this.#step();
  }

  /** Strictly ascending by UTF-16 code units, so that no key is there twice. The spans hold the quotes. */
  #inOrder(a: number, aEnd: number, b: number, bEnd: number, special: boolean): boolean {
    const bytes = this.#bytes;
    if (special) return this.#keyText(a, aEnd) < this.#keyText(b, bEnd);
    const shorter = Math.min(aEnd - a, bEnd - b) - 1;
    for (let at = 1; at < shorter; at += 1) {
      const difference = (bytes[a + at] ?? 0) - (bytes[b + at] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    return aEnd - a < bEnd - b;
  }

  #keyText(start: number, end: number): string {
    return String(JSON.parse(this.#bytes.toString('utf8', start, end)));
  }

  #keep(key: number, keyEnd: number, value: number): void {
    if (keyEnd - key > 6) return;
    let code = 0;
    for (let at = key + 1; at < keyEnd - 1; at += 1) code = code * 256 + (this.#bytes[at] ?? 0);
    const span = this.#fieldOf(code);
    if (span === undefined) return;
    span.start = value;
    span.end = this.#at;
  }

  #fieldOf(code: number): Span | undefined {
    switch (code) {
      case V:
        return this.v;
      case ID:
        return this.id;
      case TS:
        return this.ts;
      case LOG:
        return this.log;
      case SEQ:
        return this.seq;
      case PREV:
        return this.prev;
      case TYPE:
        return this.type;
      default:
        return undefined;
    }
  }

  #string(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    let special = false;
    for (let at = this.#at + 1; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        this.#special = special;
        this.#at = at + 1;
        return true;
      }
      if (byte < 0x20) return false;
      if (byte === BACKSLASH) {
        const length = this.#escape(at);
        if (length === 0) return false;
        at += length - 1;
        special = true;
      } else if (byte >= 0x80) {
        this.#beyondAscii = true;
        special = true;
      }
    }
    return false;
  }

  /** The length of the escape at `at` when it is one that RFC 8785 §3.2.2.2 writes, else 0. */
  #escape(at: number): number {
    switch (this.#bytes[at + 1]) {
      case QUOTE:
      case BACKSLASH:
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return 2;
      case 0x75: // u00xx, for the control characters that have no letter
        return at + 6 <= this.#end && /^00(0[0-7bef]|1[0-9a-f])$/.test(this.#bytes.toString('latin1', at + 2, at + 6)) ? 6 : 0;
      default:
        return 0;
    }
  }

  #number(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    if (bytes[at] === MINUS) at += 1;
    const first = at;
    while (at < this.#end && (bytes[at] ?? 0) >= ZERO && (bytes[at] ?? 0) <= NINE) at += 1;
    const digits = at - first;
    const next = at < this.#end ? bytes[at] : undefined;
    const isWhole = next !== 0x2e && next !== 0x65 && next !== 0x45;
    if (isWhole && digits > 0 && digits <= SURE_DIGITS && (bytes[first] !== ZERO || (digits === 1 && first === start))) {
      this.#at = at;
      return true;
    }
    return this.#otherNumber(start);
  }

  /** A fraction, an exponent, many digits: written again as ECMAScript does. */
  #otherNumber(start: number): boolean {
    let at = start;
    while (at < this.#end && /[-+.eE0-9]/.test(String.fromCharCode(this.#bytes[at] ?? 0))) at += 1;
    const text = this.#bytes.toString('latin1', start, at);
    const value = Number(text);
    if (text === '' || String(value) !== text || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false;
    this.#at = at;
    return true;
  }
}
