import { summarise } from '../../bench/statistics.ts';
import type { Contradiction } from './contradictions.ts';
import { type FaultKind, faultKinds } from './faults.ts';
import type { Inspection } from './inspection.ts';

/** Milliseconds without an acknowledged entry of those who were not struck. */
export type Outage = { readonly kind: FaultKind; readonly held: boolean; readonly milliseconds: number };

export type Report = {
  readonly seed: number;
  readonly rounds: number;
  readonly outages: readonly Outage[];
  readonly asked: number;
  readonly acknowledged: number;
  readonly answers: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly pending: number;
  readonly resolved: number;
  readonly entries: number;
  readonly checkpoints: number;
  /** Errors that clients saw and tried again after, apart from a database that is away. */
  readonly failures: ReadonlyMap<string, number>;
  readonly contradictions: readonly Contradiction[];
  readonly seconds: number;
};

export const faultName: Record<FaultKind, string> = {
  gateway: 'kill -9 of a gateway',
  sequencer: 'kill -9 of the one that has the lock',
  freeze: 'SIGSTOP of a gateway',
  postgres: 'kill -9 of postgres and its children',
  backend: 'kill -9 of one process of postgres',
};

export function reportOf(seed: number, outages: readonly Outage[], inspection: Inspection, seconds: number): Report {
  const { clients, contradictions } = inspection;
  const pending = clients.pending();
  return {
    seed,
    rounds: outages.length,
    outages,
    asked: clients.asked,
    acknowledged: clients.acknowledged,
    answers: clients.answers,
    lost: contradictions.count('lost') + contradictions.count('never-placed'),
    duplicated: contradictions.count('duplicated'),
    pending: pending.length,
    resolved: pending.filter(({ resolved }) => resolved).length,
    entries: inspection.entries,
    checkpoints: inspection.checkpoints,
    failures: clients.failures,
    contradictions: contradictions.found,
    seconds,
  };
}

/** The report as a person reads it. */
export function linesOf(report: Report): string[] {
  return [
    `${report.rounds} rounds in ${report.seconds.toFixed(0)} s, seed ${report.seed}`,
    `${'fault'.padEnd(40)}${['times', 'lock held', 'silence p50', 'max'].map((title) => title.padStart(13)).join('')}`,
    ...faultKinds.map((kind) => faultLine(kind, report.outages)),
    ...frozenHolders(report.outages),
    '',
    ...countLines(report),
    ...[...report.failures].map(([message, times]) => `clients tried again after (${times} times): ${message}`),
    ...report.contradictions
      .slice(0, 1)
      .map(({ kind, log, message }) => `CONTRADICTION in log ${log}, ${kind}: ${message}; seed ${report.seed}`),
    report.contradictions.length === 0 ? 'no contradiction' : `${report.contradictions.length} contradictions or more`,
  ];
}

/** The report as evidence (docs/evidence-format.md, kind `chaos`): counts, and of each contradiction which it is. */
export function jsonOf({ outages, failures, ...report }: Report) {
  const faults = faultKinds.map((fault) => [fault, outages.filter(({ kind }) => kind === fault).length]);
  return { ...report, faults: Object.fromEntries(faults), failures: Object.fromEntries(failures) };
}

function faultLine(kind: FaultKind, outages: readonly Outage[]): string {
  const own = outages.filter((outage) => outage.kind === kind);
  const held = own.filter((outage) => outage.held).length;
  return `${faultName[kind].padEnd(40)}${[String(own.length), String(held), ...silences(own)].map((cell) => cell.padStart(13)).join('')}`;
}

/** The one number with a goal: those who are alive and can reach the database go on without the dead. */
function frozenHolders(outages: readonly Outage[]): string[] {
  const own = outages.filter(({ kind }) => kind === 'gateway' || kind === 'sequencer' || kind === 'freeze');
  if (own.length === 0) return [];
  const worst = Math.max(...own.map(({ milliseconds }) => milliseconds));
  return [`${'takeover, at most'.padEnd(40)}${worst.toFixed(0)} ms   goal ≤ 2000 ms   ${worst <= 2_000 ? 'met' : 'NOT MET'}`];
}

function silences(outages: readonly Outage[]): string[] {
  if (outages.length === 0) return ['', ''];
  const all = outages.map(({ milliseconds }) => milliseconds);
  return [summarise(all).p50, Math.max(...all)].map((value) => `${value.toFixed(0)} ms`);
}

function countLines(report: Report): string[] {
  return Object.entries({
    'entries asked for by clients': report.asked,
    'acknowledged with a place': report.acknowledged,
    'answers with a place, repeated calls included': report.answers,
    'answered PENDING first': report.pending,
    'of these with a place now': report.resolved,
    'entries in the logs': report.entries,
    'checkpoints signed and verified': report.checkpoints,
    lost: report.lost,
    duplicated: report.duplicated,
  }).map(([name, count]) => `${name.padEnd(50)}${String(count).padStart(10)}`);
}
