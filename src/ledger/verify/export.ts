import { openSource } from './source/open.ts';
import { type LogReport, type VerifyOptions, verifyLog } from './verify-log.ts';

export type VerifyExportOptions = {
  /** The log's key as it was handed over earlier. One that comes with the export proves only that the export agrees with itself. */
  readonly verifierKey?: string | undefined;
  /** A checkpoint kept from earlier: the log must continue it. */
  readonly since?: string | undefined;
};

/**
 * Verifies an exported log: the folder that `countersign ledger export` wrote, as text or as tiles.
 *
 * @throws VerifyError
 */
export async function verifyExport(folder: string, { verifierKey, since }: VerifyExportOptions = {}): Promise<LogReport> {
  return verifyAt(folder, { key: verifierKey, since: since === undefined ? [] : [since] });
}

/** Verifies a log by where it is, a folder or an address. @throws VerifyError */
export async function verifyAt(place: string, options: VerifyOptions): Promise<LogReport> {
  const source = await openSource(place);
  try {
    return await verifyLog(source, options);
  } finally {
    await source.close();
  }
}
