import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TenantId } from '../../src/core/index.ts';
import { LedgerKey } from '../../src/ledger/index.ts';
import { EmbeddedPostgres, migrate } from '../../src/storage/index.ts';
import { control, inspectAtRest } from './at-rest.ts';
import type { Break } from './breaks.ts';
import { createEffectTable } from './business.ts';
import type { Contradictions } from './contradictions.ts';
import { type GatewaySettings, openLedgerParts } from './gateway.ts';
import { Inspection } from './inspection.ts';
import { type ChaosOptions, logs, slots } from './options.ts';
import { type Report, reportOf } from './report.ts';
import { type Place, underLoad } from './under-load.ts';

export { type Break, breaks, isBreak } from './breaks.ts';
export type { ChaosOptions } from './options.ts';
export { faultName, jsonOf, linesOf, type Report } from './report.ts';

export type ChaosResult = { readonly report: Report; readonly controls: ReadonlyMap<Break, Contradictions> };

/** Load, faults and comparison on a PostgreSQL of its own, in a folder that is removed at the end. */
export async function chaosLedger(options: ChaosOptions): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-chaos-'));
  chmodSync(folder, 0o755); // PostgreSQL's own user enters it when we are root
  const server = await EmbeddedPostgres.start({ dataDir: folder });
  try {
    await migrate(server.url('owner'));
    await server.enableAppLogin();
    await createEffectTable(server.url('owner'));
    const keyFile = join(folder, 'ledger.pem');
    LedgerKey.readOrCreate(keyFile);
    return await inPlace({ server, folder, keyFile }, options);
  } finally {
    await server.stop();
    for (const path of [folder, server.folder]) rmSync(path, { recursive: true, force: true });
  }
}

async function inPlace(place: Place, options: ChaosOptions): Promise<ChaosResult> {
  const { folder, server, keyFile } = place;
  const [started, ownerUrl] = [performance.now(), server.url('owner')];
  const own = { dataDir: join(folder, 'gateway-own'), keyFile, ownerUrl, appUrl: server.url('app'), waitMilliseconds: 5_000 };
  mkdirSync(own.dataDir);
  const keys = await verifierKeys(own);
  const scene = { folder, slots, logs, verifierKey: (log: TenantId) => keys.get(log) ?? '' };
  const inspection = new Inspection(scene);
  const outages = await underLoad(place, options, inspection);
  const parts = await openLedgerParts(own);
  await inspectAtRest(inspection, parts, ownerUrl).finally(() => parts.stops.run());
  const controls = await control(options.breaks ?? [], scene, ownerUrl);
  return { report: reportOf(options.seed, outages, inspection, (performance.now() - started) / 1_000), controls };
}

/** As they are handed over before anything happens. */
async function verifierKeys(settings: GatewaySettings): Promise<ReadonlyMap<TenantId, string>> {
  const { ledger, stops } = await openLedgerParts(settings);
  const keys = new Map(logs.map((log) => [log, ledger.verifierKey(log)]));
  await stops.run();
  return keys;
}
