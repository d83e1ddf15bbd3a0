import { Malformed } from './malformed.ts';

/** Deeper than any tool's output, and as deep as canonical JSON is written. */
const DEEPEST = 500;

/** An object (`keys`) or a list that is open where the reader is, and the key or index it is at. */
type Open = { readonly keys: Set<string> | undefined; at: string | number; awaitsKey: boolean };

/**
 * Refuses what `JSON.parse` takes without a word, in text that it has parsed: a key given twice (it keeps the last, others the
 * first), the key `__proto__` (copying such an object loses it, or worse), and nesting without end.
 *
 * @throws Malformed
 */
export function assertPlain(text: string): void {
  const open: Open[] = [];
  const marks = /["{}[\],]/g;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const inner = open.at(-1);
    if (mark[0] === '"') {
      const end = endOfString(text, mark.index);
      if (inner?.awaitsKey === true) take(open, inner, JSON.parse(text.slice(mark.index, end)));
      marks.lastIndex = end;
    } else if (mark[0] === ',') {
      if (inner !== undefined) advance(inner);
    } else if (mark[0] === '{' || mark[0] === '[') enter(open, mark[0] === '{');
    else open.pop();
  }
}

function enter(open: Open[], isObject: boolean): void {
  if (open.length >= DEEPEST) throw new Malformed(`it is nested deeper than ${DEEPEST} levels`);
  open.push(isObject ? { keys: new Set(), at: '', awaitsKey: true } : { keys: undefined, at: 0, awaitsKey: false });
}

function advance(inner: Open): void {
  if (typeof inner.at === 'number') inner.at += 1;
  else inner.awaitsKey = true;
}

function take(open: readonly Open[], inner: Open, key: string): void {
  if (key === '__proto__') throw new Malformed(`the key \`__proto__\` is refused, at \`${pathOf(open.slice(0, -1))}\``);
  if (inner.keys?.has(key) === true) throw new Malformed(`the key \`${key}\` is there twice, at \`${pathOf(open.slice(0, -1))}\``);
  inner.keys?.add(key);
  inner.at = key;
  inner.awaitsKey = false;
}

/** The index after the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote + 1;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

function pathOf(open: readonly Open[]): string {
  return `$${open.map(({ at }) => (typeof at === 'number' ? `[${at}]` : `.${at}`)).join('')}`;
}
