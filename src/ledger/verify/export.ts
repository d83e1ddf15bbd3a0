import { openSource } from './source/open.ts';
import { type LogReport, verifyLog } from './verify-log.ts';

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
  const source = await openSource(folder);
  try {
    return await verifyLog(source, { key: verifierKey, since: since === undefined ? [] : [since] });
  } finally {
    await source.close();
  }
}
