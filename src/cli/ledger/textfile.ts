import { renameSync, writeFileSync } from 'node:fs';

/** What a verification came to, for Prometheus. */
export type Verified = {
  /** What was verified: the folder, the address, or the log of a database. */
  readonly place: string;
  readonly ok: boolean;
  readonly entries: number;
  readonly at: Date;
};

/**
 * Writes the result as a file for node_exporter's textfile collector, atomically: a verification that is not run any more shows by its
 * timestamp, one that failed by its 0 (config/prometheus/ledger.yaml).
 */
export function writeTextfile(file: string, { place, ok, entries, at }: Verified): void {
  const gauge = (name: string, help: string, value: number): string =>
    `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name}{place=${JSON.stringify(place)}} ${value}\n`;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(
    temporary,
    gauge('countersign_ledger_verify_ok', 'Whether the log was found whole: 1 or 0', ok ? 1 : 0) +
      gauge('countersign_ledger_verified_entries', 'Entries of the log when it was verified', entries) +
      gauge('countersign_ledger_verify_timestamp_seconds', 'When it was verified, Unix time', Math.floor(at.getTime() / 1_000)),
  );
  renameSync(temporary, file);
}
