import type { JsonObject } from '../../core/index.ts';
import { EvidenceError } from '../errors.ts';
import type { Summary } from '../kinds/kind.ts';
import type { ExportedDecision, ExportedEntry } from './entry.ts';

/** One entry of the export, with its decision if it has one, and the hex hash of its leaf. */
export type Seen = { readonly entry: ExportedEntry; readonly decision: ExportedDecision | undefined; readonly hash: string };

/** A log of evidence: the entries of the ledger that it shows, and what they add up to. */
export type EvidenceLog = {
  readonly kind: string;
  /** The line of an entry, counted; undefined for an entry that it does not show. */
  line(seen: Seen): JsonObject | undefined;
  summary(): Summary;
};

/** Every decision. */
export function decisionLog(): EvidenceLog {
  const counts = { ALLOW: 0, DENY: 0, STEP_UP: 0 };
  return {
    kind: 'decision-log',
    line: ({ entry, decision }) => {
      if (decision === undefined) return undefined;
      counts[decision.result] += 1;
      const { policy, ...rest } = decision;
      return { ...rest, seq: entry.seq, action: entry.type, policyDigest: policy.digest };
    },
    summary: () => ({
      decisions: counts.ALLOW + counts.DENY + counts.STEP_UP,
      allowed: counts.ALLOW,
      denied: counts.DENY,
      steppedUp: counts.STEP_UP,
    }),
  };
}

const DOWNLOAD = 'evidence.download';

/** Who looked at evidence and at the ledger itself. */
export function accessLog(): EvidenceLog {
  const counts = { views: 0, downloads: 0, refused: 0 };
  return {
    kind: 'access-log',
    line: ({ entry: { seq, type, actor, subject, ts }, decision, hash }) => {
      if (decision === undefined || !isAccess(type)) return undefined;
      if (decision.result !== 'ALLOW') counts.refused += 1;
      else counts[type === DOWNLOAD ? 'downloads' : 'views'] += 1;
      return { seq, action: type, actor: actor.id, subject, result: decision.result, ruleId: decision.ruleId, ts, hash };
    },
    summary: () => counts,
  };
}

function isAccess(type: string): boolean {
  return type.startsWith('ledger.read_') || type === 'evidence.list' || type === DOWNLOAD;
}

export const ERASED = 'subject.erased';

/** Whose text was asked to be erased, and whose was. */
export function erasureLog(): EvidenceLog {
  const counts = { requests: 0, erased: 0, refused: 0 };
  return {
    kind: 'erasure-log',
    line: ({ entry: { seq, type, actor, subject, ts }, decision, hash }) => {
      if (type !== ERASED && type !== 'privacy.erase_subject') return undefined;
      const result = type === ERASED ? null : (decision?.result ?? undecided(seq, type));
      counts[result === null ? 'erased' : 'requests'] += 1;
      if (result !== null && result !== 'ALLOW') counts.refused += 1;
      return { seq, type, actor: actor.id, subject, result, ts, hash };
    },
    summary: () => counts,
  };
}

function undecided(seq: number, type: string): never {
  throw new EvidenceError('evidence.ledger_invalid', `entry ${seq} of the export is \`${type}\` and has no decision`, {
    remedy: 'the gateway writes none such: export the log again, and have it looked at',
  });
}
