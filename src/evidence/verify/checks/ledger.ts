import { isConsistent } from '../../../ledger/verify/index.ts';
import type { Examined } from '../examined.ts';
import { sameJson } from '../form.ts';
import { readDecisions, readErasures } from '../kinds/ledger-logs.ts';
import { builtEntry } from '../ledger/built.ts';
import { sampleOf } from '../ledger/proofs.ts';
import { type Check, check, ensure, known, outcomeOf } from '../report.ts';
import { checkDecisions } from './ledger-logs.ts';

/** The state of the log that another manifest says. */
export type LogState = { readonly size: number; readonly root: string };

/** What the bundle shows of the ledger, against its checkpoint. */
export function checkLedger(examined: Examined): Check[] {
  const { manifest } = examined;
  return [
    check('ledger.checkpoint', 'ledger-checkpoint', () => checkCheckpoint(examined)),
    check('ledger.proofs', 'ledger-proofs.json', () => checkProofs(examined)),
    check('ledger.decisions', 'ledger-proofs.json', () => checkDecisions(examined)),
    ...(manifest.ledger.built === null ? [] : [check('ledger.built', 'ledger-proofs.json', () => checkBuilt(examined))]),
  ];
}

function checkCheckpoint({ ledger, manifest }: Examined): string {
  const expected = manifest.ledger;
  const { origin, size, root } = known(ledger.checkpoint);
  const same = origin === expected.origin && size === expected.size && root.toString('hex') === expected.root;
  ensure(
    same,
    `it is of \`${origin}\` at ${size}, the manifest says \`${expected.origin}\` at ${expected.size} with root ${expected.root.slice(0, 16)}…`,
  );
  return `${origin} at ${size}, ${ledger.keyIsHeld ? 'by the key you gave' : 'by the key in the manifest: give --ledger-key to use the one you hold'}`;
}

/** Exactly those that must be there, each good. */
function checkProofs(examined: Examined): string {
  const { ledger } = examined;
  const given = known(ledger.proofs).proofs.map(({ seq }) => seq);
  const [fault] = ledger.faults;
  ensure(fault === undefined, fault ?? '');
  const due = dueSeqs(examined);
  ensure(sameJson(given, due), `the proofs are not those that must be there (${given.length}, of ${due.length})`);
  return `${given.length} entries`;
}

function dueSeqs({ manifest, verdict, bytesOf }: Examined): number[] {
  const decisions = outcomeOf(() => readDecisions(known(bytesOf('decision-log'))).map(({ seq }) => seq));
  const erased = outcomeOf(() => readErasures(known(bytesOf('erasure-log'))).filter(({ type }) => type === 'subject.erased'));
  const waivers = verdict.ok ? verdict.value.requirements.flatMap(({ waiver }) => waiver?.seq ?? []) : [];
  const due = new Set([
    ...(decisions.ok ? sampleOf(decisions.value, manifest.ledger.root) : []),
    ...waivers,
    ...(manifest.ledger.built === null ? [] : [manifest.ledger.built.seq]),
    ...(erased.ok ? erased.value.map(({ seq }) => seq) : []),
  ]);
  return [...due].toSorted((a, b) => a - b);
}

function checkBuilt({ manifest, ledger }: Examined): string {
  const { seq, ts } = builtEntry(manifest, ledger);
  return `entry ${seq} of ${ts}`;
}

/** @param before the log as the parent, or the release before, has it; undefined where neither is given */
export function checkConsistency({ ledger, manifest }: Examined, before: LogState | undefined): Check[] {
  if (manifest.parent === null && manifest.ledger.prevManifest === null && before === undefined) return [];
  return [
    check('ledger.consistency', 'ledger-proofs.json', () => {
      const { consistency } = known(ledger.proofs);
      ensure(consistency !== null, 'nothing shows that the log continues the one before');
      const { from, path } = consistency;
      ensure(
        before === undefined || (before.size === from.size && before.root === from.root),
        `it continues a log of ${from.size} entries, the one before has ${before?.size} with root ${before?.root.slice(0, 16)}…`,
      );
      const hashes = path.map((hash) => Buffer.from(hash, 'hex'));
      const now = known(ledger.checkpoint);
      ensure(
        isConsistent({ size: from.size, root: Buffer.from(from.root, 'hex') }, now, hashes),
        `it is not shown to continue the log of ${from.size} entries`,
      );
      const told = before === undefined ? ', as the bundle says itself: give the one before to have that checked' : '';
      return `continues the log of ${from.size} entries${told}`;
    }),
  ];
}
