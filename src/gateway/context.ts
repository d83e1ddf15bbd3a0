import type { Identity } from '../auth/index.ts';
import type { Activations } from '../bundles/index.ts';
import type { CatalogParts } from '../catalog/index.ts';
import type { Config } from '../config/index.ts';
import type { Clock } from '../core/index.ts';
import type { Decision, Kernel } from '../govern/index.ts';
import type { Ledger, ShowCheckpoint } from '../ledger/index.ts';
import type { PolicyRegistry } from '../policy/index.ts';
import type { Database } from '../storage/index.ts';
import type { Telemetry } from '../telemetry/index.ts';
import type { Vault } from '../vault/index.ts';
import type { TextReader } from './text-reader.ts';

/** What the gateway is made of; built once by main.ts and passed on. */
export type GatewayParts = {
  readonly config: Config;
  readonly clock: Clock;
  readonly database: Database;
  readonly ledger: Ledger;
  /** The checkpoint that others are shown. */
  readonly shown: ShowCheckpoint;
  readonly vault: Vault;
  readonly policies: PolicyRegistry;
  readonly activations: Activations;
  /** Where evidence is kept. */
  readonly catalog: CatalogParts;
  readonly kernel: Kernel;
  readonly telemetry: Telemetry;
};

/** What a resolver sees. `decisions` collects what this request was decided, for its headers. */
export type GatewayContext = {
  readonly parts: GatewayParts;
  readonly identity: Identity;
  readonly decisions: Decision[];
  /** Opens what people wrote. */
  readonly texts: TextReader;
};

/** What the HTTP edge knows of a request before GraphQL sees it. Null identity: only GraphiQL's page may be asked for. */
export type RequestContext = { readonly identity: Identity | null; readonly decisions: Decision[] };
