import type { Json } from '../../../core/index.ts';
import { isJsonObject } from '../../../core/index.ts';
import type { Examined } from '../examined.ts';
import { sameJson } from '../form.ts';
import { type AccessLine, type DecisionLine, type ErasureLine, readAccesses, readDecisions, readErasures } from '../kinds/ledger-logs.ts';
import type { Entry } from '../ledger/entry.ts';
import { ensure, known } from '../report.ts';

/** What was extracted from the ledger: against the entries that are proven, and one log against the other. Throws with the reason. */
export function checkDecisions(examined: Examined): string {
  const { ledger } = examined;
  const decisions = read(examined, 'decision-log', readDecisions);
  const accesses = read(examined, 'access-log', readAccesses);
  const erasures = read(examined, 'erasure-log', readErasures);
  const compared = compare(decisions ?? [], ledger.entries, sayDecision);
  compare(accesses ?? [], ledger.entries, sayAccess);
  compare(erasures ?? [], ledger.entries, sayErasure);
  for (const { seq, type } of erasures ?? [])
    ensure(type !== 'subject.erased' || ledger.entries.has(seq), `the erasure in entry ${seq} is not proven`);
  if (decisions !== undefined && accesses !== undefined) agree(decisions.filter(isAccess), accesses.map(accessAsDecided), 'the access log');
  const requests = erasures?.filter(({ type }) => type === 'privacy.erase_subject');
  if (decisions !== undefined && requests !== undefined)
    agree(decisions.filter(isErasure), requests.map(erasureAsDecided), 'the erasure log');
  const all = decisions?.length ?? 0;
  return compared === all ? `all ${all} lines` : `${compared} of ${all} lines; for the others only the signature vouches`;
}

/** Undefined where the bundle has no such log. */
function read<T>({ manifest, bytesOf }: Examined, kind: string, parse: (bytes: Buffer) => T[]): T[] | undefined {
  return manifest.artifacts.some((record) => record.kind === kind) ? parse(known(bytesOf(kind))) : undefined;
}

type Line = DecisionLine | AccessLine | ErasureLine;

/** How many lines have a proven entry; each says what that says. */
function compare<T extends Line>(lines: readonly T[], entries: ReadonlyMap<number, Entry>, say: (entry: Entry) => Json): number {
  let compared = 0;
  for (const line of lines) {
    const entry = entries.get(line.seq);
    if (entry === undefined) continue;
    ensure(sameJson(line, say(entry)), `the line of entry ${line.seq} does not say what the entry says`);
    compared += 1;
  }
  return compared;
}

function sayDecision({ seq, type, decision }: Entry): Json {
  const {
    decisionId = null,
    ruleId = null,
    result = null,
    explanation = null,
    tenant = null,
    purpose = null,
    ts = null,
    policy = null,
  } = decision ?? {};
  const policyDigest = isJsonObject(policy) ? (policy['digest'] ?? null) : null;
  return { seq, action: type, decisionId, ruleId, result, explanation, tenant, purpose, ts, policyDigest };
}

function sayAccess({ seq, type, actor, subject, result, decision, ts, hash }: Entry): Json {
  return { seq, action: type, actor, subject, result, ruleId: decision?.['ruleId'] ?? null, ts, hash };
}

function sayErasure({ seq, type, actor, subject, result, ts, hash }: Entry): Json {
  return { seq, type, actor, subject, result, ts, hash };
}

const isAccess = ({ action }: DecisionLine) =>
  action.startsWith('ledger.read_') || action === 'evidence.list' || action === 'evidence.download';
const isErasure = ({ action }: DecisionLine) => action === 'privacy.erase_subject';

type Decided = Pick<DecisionLine, 'seq' | 'action' | 'result' | 'ts'>;
type Said = { readonly seq: number; readonly action: string; readonly result: string | null; readonly ts: string };

const accessAsDecided = ({ seq, action, result, ts }: AccessLine): Said => ({ seq, action, result, ts });
const erasureAsDecided = ({ seq, type, result, ts }: ErasureLine): Said => ({ seq, action: type, result, ts });

/** Both logs tell of the same entries: neither leaves one out. */
function agree(decided: readonly Decided[], said: readonly Said[], log: string): void {
  const plain = decided.map(({ seq, action, result, ts }): Said => ({ seq, action, result, ts }));
  const differing = plain.find((line, index) => !sameJson(line, said[index] ?? null)) ?? said[plain.length];
  ensure(differing === undefined, `${log} and the decision log do not agree on entry ${differing?.seq}`);
}
