import { canonicalBytes } from '../../core/index.ts';
import { exportedLeaves, leafHash } from '../../ledger/index.ts';
import { recordOf } from '../artifact.ts';
import { type Waiver, waiverIn } from '../contract/waivers.ts';
import { formOf } from '../forms.ts';
import type { PartialFile } from '../layout/partial-file.ts';
import type { PartialFolder } from '../layout/partial-folder.ts';
import type { ArtifactRecord } from '../manifest.ts';
import { decisionIn, type ExportedEntry, parseEntry } from './entry.ts';
import { accessLog, decisionLog, ERASED, type EvidenceLog, erasureLog } from './logs.ts';

/** What an exported log tells about a release. */
export type Extract = {
  /** The logs of evidence, written. */
  readonly artifacts: readonly ArtifactRecord[];
  readonly decisionSeqs: readonly number[];
  readonly erasedSeqs: readonly number[];
  readonly waivers: readonly Waiver[];
  readonly built: readonly Registration[];
};

/** An allowed `evidence.built` entry. */
export type Registration = { readonly seq: number; readonly entryId: string; readonly effect: unknown };

type Found = { -readonly [list in 'decisionSeqs' | 'erasedSeqs']: number[] } & { waivers: Waiver[]; built: Registration[] };
type OpenLog = { readonly log: EvidenceLog; readonly file: PartialFile };

/** Reads an export once, entry by entry, and writes the logs of evidence into the bundle. */
export async function extractLogs(folder: string, into: PartialFolder): Promise<Extract> {
  const logs: OpenLog[] = [];
  for (const log of [decisionLog(), accessLog(), erasureLog()]) logs.push({ log, file: await into.create(formOf(log.kind).file) });
  const found: Found = { decisionSeqs: [], erasedSeqs: [], waivers: [], built: [] };
  for await (const body of exportedLeaves(folder)) await take(body, logs, found);
  const artifacts: ArtifactRecord[] = [];
  for (const { log, file } of logs) {
    const form = formOf(log.kind);
    const stored = await file.finish();
    artifacts.push(recordOf({ name: form.file, form, summary: log.summary() }, stored));
  }
  return { ...found, artifacts };
}

const NEWLINE = Buffer.from('\n');

async function take(body: Buffer, logs: readonly OpenLog[], found: Found): Promise<void> {
  const entry = parseEntry(body);
  const decision = decisionIn(entry);
  if (decision !== undefined) found.decisionSeqs.push(entry.seq);
  if (entry.type === ERASED) found.erasedSeqs.push(entry.seq);
  if (decision?.result === 'ALLOW') takeAllowed(entry, found);
  const seen = { entry, decision, hash: leafHash(body).toString('hex') };
  for (const { log, file } of logs) {
    const line = log.line(seen);
    if (line !== undefined) await file.write(Buffer.concat([canonicalBytes(line), NEWLINE]));
  }
}

function takeAllowed(entry: ExportedEntry, { waivers, built }: Found): void {
  const { type, seq, id, data } = entry;
  if (type === 'evidence.built') built.push({ seq, entryId: id, effect: data.effect });
  const waiver = type === 'evidence.waive' ? waiverIn(entry) : undefined;
  if (waiver !== undefined) waivers.push(waiver);
}
