import { isJsonObject, type JsonObject } from '../../core/index.ts';
import type { Change } from './changes.ts';
import type { Source, Span } from './positions.ts';
import { listIn } from './tree.ts';

const empty: Readonly<Record<string, string>> = { array: '[]', object: '{}', set: 'set()' };

/** A literal without each one of its members, or without each key and its value. */
export function memberChanges(term: JsonObject, source: Source): Change[] {
  const whole = source.spanOf(term);
  const members = listIn(term, 'value')
    .flatMap((member) => spanOfMember(member, source) ?? [])
    // OPA sorts sets and objects.
    .sort((one, other) => one.start - other.start);
  if (whole === undefined || members.length < listIn(term, 'value').length) return [];
  if (members.length === 1) return [{ operator: 'drop member', span: whole, text: empty[String(term['type'])] ?? '' }];
  return members.map((member, index) => ({ operator: 'drop member', span: withComma(members, member, index), text: '' }));
}

/** An object's member is its key and its value. */
function spanOfMember(member: unknown, source: Source): Span | undefined {
  const [first, last] = Array.isArray(member) ? [member[0], member[1]] : [member, member];
  const start = isJsonObject(first) ? source.spanOf(first)?.start : undefined;
  const end = isJsonObject(last) ? source.spanOf(last)?.end : undefined;
  return start === undefined || end === undefined ? undefined : { start, end };
}

/** With what parts it from the next member; the last one with what parts it from the one before. */
function withComma(members: readonly Span[], member: Span, index: number): Span {
  const next = members[index + 1];
  if (next !== undefined) return { start: member.start, end: next.start };
  return { start: members[index - 1]?.end ?? member.start, end: member.end };
}
