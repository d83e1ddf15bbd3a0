import { auditCommands } from './audit/index.ts';
import { publishPolicy, rollbackPolicy } from './bundles/index.ts';
import { catalogCommands, startCatalogWorkers } from './catalog/index.ts';
import type { Config } from './config/index.ts';
import { type Clock, systemClock } from './core/index.ts';
import { setFlag } from './flags/index.ts';
import { Gateway } from './gateway/index.ts';
import { type AnyCommand, Kernel } from './govern/index.ts';
import { type Adapters, calendarAt, freezeAt, type IncidentParts, incidentCommands, startIncidentWorkers } from './incidents/index.ts';
import { eraseSubject } from './privacy/index.ts';
import {
  followActivations,
  openCatalog,
  openDatabase,
  openFollowers,
  openIssuers,
  openJobs,
  openTelemetry,
  readParts,
  readPolicies,
  StopList,
  startLedger,
} from './start/index.ts';
import type { Telemetry } from './telemetry/index.ts';
import { Vault } from './vault/index.ts';

export type StartOptions = {
  readonly clock?: Clock;
  /** Folder of the compiled policy; default: the one that ships. */
  readonly policyDir?: string;
  readonly telemetry?: Telemetry;
};

/** A gateway that takes requests. */
export type Running = {
  readonly url: string;
  readonly issuer: string | undefined;
  readonly dataDescription: string;
  readonly policyRevision: string;
  /** Finishes what is under way, then ends everything in the reverse order of its start. */
  stop(): Promise<void>;
};

/** Puts the parts together, lowest layer first. What had started is stopped again when a later part cannot. */
export async function startCountersign(config: Config, options: StartOptions = {}): Promise<Running> {
  const stops = new StopList();
  try {
    return await start(config, options, stops);
  } catch (error) {
    await stops.run().catch(() => undefined); // why it could not start is the thing to tell
    throw error;
  }
}

async function start(config: Config, options: StartOptions, stops: StopList): Promise<Running> {
  const clock = options.clock ?? systemClock;
  const telemetry = options.telemetry ?? (await openTelemetry(config, stops));
  const policyFiles = await readPolicies(config, options.policyDir);
  const { policies } = policyFiles;
  const { classification, key, masterKeys, webhooks, adapters } = readParts(config);

  const storage = await openDatabase(config, telemetry, stops);
  const { database } = storage;
  const jobs = await openJobs(config, storage, telemetry, stops);
  const { ledger, shown } = startLedger({ config, storage, key, clock, telemetry }, stops);
  const vault = new Vault(masterKeys);
  const catalog = await openCatalog({ config, database, jobs, clock, ledger, telemetry }, stops);

  const commands: AnyCommand[] = [
    ...incidentCommands(incidentParts(config, adapters), jobs, classification),
    setFlag,
    ...auditCommands({ ledger, vault, shown }),
    publishPolicy(policyFiles),
    rollbackPolicy(policyFiles),
    eraseSubject(ledger, vault),
    ...catalogCommands(catalog),
  ];
  const { maxInFlight } = config.server;
  const activations = await followActivations(policyFiles, database, telemetry, stops);
  const onSettled = openFollowers(policyFiles, database, telemetry, stops);
  const kernel = new Kernel({ database, ledger, vault, policies, clock, telemetry, maxInFlight, onSettled }, commands);
  stops.add(() => kernel.close());
  stops.add(await startIncidentWorkers({ jobs, kernel, adapters, database }));
  stops.add(await startCatalogWorkers({ ...catalog, jobs, kernel }));

  const { authenticator, devTokens, devUrl } = await openIssuers(config, clock, stops);
  const parts = { config, clock, database, ledger, shown, vault, policies, activations, catalog, kernel, telemetry };
  const gateway = await Gateway.listen(parts, { authenticator, webhooks, devTokens });
  stops.add(() => gateway.close());

  return {
    url: gateway.url,
    issuer: devUrl,
    dataDescription: storage.description,
    policyRevision: policies.builtIn.version.revision,
    stop: () => stops.run(),
  };
}

function incidentParts({ calendars, changeFreezes }: Config, adapters: Adapters): IncidentParts {
  return { adapters, calendarOf: calendarAt(calendars), freezeOf: freezeAt(changeFreezes, calendars) };
}
