import { readLeaf } from '../recorded/entry.ts';
import type { RecordedBody, Records } from '../recorded/records.ts';
import { type DecisionEvent, toEvent } from './event.ts';

export type EventsRequest = {
  readonly records: Records;
  /** Of Countersign, for the labels. */
  readonly version: string;
  /** Decisions from `since` on and before `until`. */
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
};

/** What the events leave out, each for a reason: filled in while they are read. */
export type LeftOut = {
  /** Entries that hold no decision. */
  notDecisions: number;
  /** Decisions outside of the time asked for. */
  outside: number;
  /** Entries that cannot be read. */
  malformed: number;
  /** Places of a log that hold no leaf. */
  missing: number;
};

/**
 * One event for each entry that holds a decision, in the order of the log, at constant memory: the ledger is the decision log, so
 * there is no buffer that could drop one. What is left out is counted in `leftOut`.
 */
export async function* decisionEvents(request: EventsRequest, leftOut: LeftOut): AsyncGenerator<DecisionEvent> {
  for await (const { leaves, missing } of request.records.pages()) {
    leftOut.missing += missing;
    for (const leaf of leaves) {
      const event = eventOf(leaf, request, leftOut);
      if (event !== undefined) yield event;
    }
  }
}

function eventOf(
  { body, disclosures }: RecordedBody,
  { version, since, until }: EventsRequest,
  leftOut: LeftOut,
): DecisionEvent | undefined {
  const leaf = readLeaf(body);
  if (leaf.kind !== 'decision') {
    leftOut[leaf.kind === 'other' ? 'notDecisions' : 'malformed'] += 1;
    return undefined;
  }
  const at = Date.parse(leaf.entry.ts);
  if ((since !== undefined && at < since.getTime()) || (until !== undefined && at >= until.getTime())) {
    leftOut.outside += 1;
    return undefined;
  }
  return toEvent(leaf, disclosures, version);
}
