import { z } from 'zod';
import { digestOf, recordableText } from '../core/index.ts';
import { IncidentError } from './errors.ts';

/** Above these, what an alert says is cut and says so with its digest: an entry of the ledger has 64 KiB for everything. */
const MAX_VALUE_CHARACTERS = 1_000;
const MAX_PAIRS_BYTES = 20_000;
/** The name under which cut labels or annotations are told of. */
const CUT = '…';

const pairs = z.record(z.string(), z.string()).transform(bounded);

const moment = z.iso.datetime({ offset: true });

const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: pairs,
  annotations: pairs.default({}),
  startsAt: moment,
  endsAt: moment.optional(),
  generatorURL: z.string().optional(),
  fingerprint: z.string().min(1).max(200).transform(recordableText),
});

/** Alertmanager's webhook, version 4 (reference/incidents.md). Unknown keys are tolerated: newer versions add some. */
const payload = z.object({
  version: z.literal('4'),
  groupKey: z.string().min(1).max(4_000),
  truncatedAlerts: z.int().min(0).default(0),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string(),
  alerts: z.array(alert).max(10_000),
});

export type AlertmanagerPayload = z.infer<typeof payload>;
export type AlertmanagerAlert = AlertmanagerPayload['alerts'][number];

/** @throws IncidentError `incident.payload_invalid`, naming each field */
export function parseAlertmanager(body: unknown): AlertmanagerPayload {
  const parsed = payload.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 10).map((issue) => `\`${issue.path.join('.') || 'payload'}\`: ${issue.message}`);
  throw new IncidentError('incident.payload_invalid', problems.join('; '), {
    cause: parsed.error,
    remedy: 'send what Alertmanager sends as webhook version 4',
  });
}

/** The name under which a group is kept: group keys hold whatever labels hold, in any length. */
export function groupKeyOf(source: string, groupKey: string): string {
  return `${source} ${digestOf(Buffer.from(groupKey, 'utf8'))}`;
}

/** Short pairs are kept first: those are the ones that classify (`alertname`, `severity`), never a stack trace. */
function bounded(record: { readonly [name: string]: string }): { [name: string]: string } {
  const all = Object.entries(record).map(([name, value]) => [shorten(recordableText(name)), shorten(recordableText(value))]);
  const sized = all.map((pair) => ({ pair, bytes: Buffer.byteLength(JSON.stringify(pair)) })).toSorted((a, b) => a.bytes - b.bytes);
  let size = 0;
  const kept = sized.filter(({ bytes }) => {
    size += bytes;
    return size <= MAX_PAIRS_BYTES;
  });
  const left = all.length - kept.length;
  const cut = left === 0 ? [] : [[CUT, `${left} more (cut, ${digestOf(Buffer.from(JSON.stringify(record), 'utf8'))})`]];
  return Object.fromEntries([...kept.map(({ pair }) => pair), ...cut].toSorted());
}

function shorten(value: string): string {
  if (value.length <= MAX_VALUE_CHARACTERS) return value;
  return `${value.slice(0, MAX_VALUE_CHARACTERS).toWellFormed()}… (cut, ${digestOf(Buffer.from(value, 'utf8'))})`;
}
