import { hexOf } from '../form.ts';
import { type ItemReading, kindOf } from '../kinds/index.ts';
import { ledgerLogs, partKinds } from '../names.ts';
import { type Outcome, outcomeLater, outcomeOf } from '../report.ts';
import type { SourceFile } from '../source/source.ts';
import { bytesOf, digestOfFile } from './content.ts';
import type { ArtifactRecord } from './manifest.ts';

/** What an artifact's file came to. */
export type Item = {
  /** In bytes. */
  readonly size: number;
  /** Hex; null of a file that was not read, because its size is not the one that the manifest says. */
  readonly sha256: string | null;
  readonly reading: Outcome<ItemReading>;
  /** The file itself, of the few that are held against each other. */
  readonly bytes?: Buffer;
};

/** The parts of a bundle that checks of their own look into; guide and page are not among them. */
const heldKinds: ReadonlySet<string> = new Set([
  ...[...partKinds.values()].filter((kind) => kind !== 'guide' && kind !== 'page'),
  ...ledgerLogs,
]);

export async function readItem(file: SourceFile, record: ArtifactRecord): Promise<Item> {
  const { read } = kindOf(record.kind);
  if (file.size !== record.size) return { size: file.size, sha256: null, reading: { ok: false, reason: 'it was not read' } };
  if (read === undefined) {
    const { size, sha256 } = await digestOfFile(file);
    return { size, sha256, reading: { ok: true, value: { summary: { bytes: size } } } };
  }
  const content = await outcomeLater(() => bytesOf(file, record.size));
  if (!content.ok) return { size: file.size, sha256: null, reading: content };
  const bytes = content.value;
  const item = { size: bytes.length, sha256: hexOf(bytes), reading: outcomeOf(() => read(bytes)) };
  return heldKinds.has(record.kind) ? { ...item, bytes } : item;
}
