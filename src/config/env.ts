/**
 * The one file that reads the environment. Everything else receives a `Config`.
 *
 * | variable | meaning |
 * |---|---|
 * | `COUNTERSIGN_CONFIG` | folder of the YAML files; default `config/`, else the one shipped with the package |
 * | `COUNTERSIGN_DATA` | folder for the embedded database, keys and dev secrets; default `.countersign/` |
 * | `COUNTERSIGN_MODE` | `development` or `production`; overrides the file |
 * | `HOST`, `PORT` | where the gateway listens; override the file |
 * | `DATABASE_URL` | a PostgreSQL that we do not run ourselves, as the role that owns the tables |
 * | `DATABASE_APP_URL` | the same server as the role that does not own them; default: `DATABASE_URL` with `SET ROLE` |
 * | `LEDGER_KEY_FILE` | PKCS#8 PEM of the Ed25519 key that signs checkpoints, former ones behind it; made in the data folder when unset in development |
 * | `LEDGER_KEY` | the PEM itself, for those who have no file; wins over `LEDGER_KEY_FILE` |
 * | `VAULT_KEY_FILE` | master keys of what people write, one base64 line each, newest first; made in the data folder when unset in development |
 * | `LOG_LEVEL` | pino's level, default `info` |
 * | `OTEL_EXPORTER_OTLP_ENDPOINT` | where spans go; none are made when unset |
 * | `COSIGN_PASSWORD` | of an encrypted signing key (`ig-evidence sign`, `keygen`) |
 * | `SIGSTORE_ID_TOKEN` | the identity that signs without a key (`ig-evidence sign --keyless`) |
 * | `SOURCE_DATE_EPOCH` | the moment to put into evidence when there is no git history to take it from |
 * | `COUNTERSIGN_URL`, `COUNTERSIGN_TOKEN` | the gateway that commands call, and the bearer token of who calls |
 * | `OPA`, `REGAL`, `COSIGN2`, `COSIGN3` | binaries to use instead of looking for them (read by `src/workbench/toolchain`) |
 */
export type Env = {
  readonly configDir: string | undefined;
  readonly dataDir: string | undefined;
  readonly mode: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly databaseAppUrl: string | undefined;
  readonly ledgerKeyFile: string | undefined;
  readonly ledgerKey: string | undefined;
  readonly vaultKeyFile: string | undefined;
  readonly logLevel: string | undefined;
  readonly otlpEndpoint: string | undefined;
  /** A secret that the configuration names by variable; undefined when unset. */
  secret(name: string): string | undefined;
};

export function readEnv(env: NodeJS.ProcessEnv = process.env): Env {
  return {
    configDir: nonEmpty(env['COUNTERSIGN_CONFIG']),
    dataDir: nonEmpty(env['COUNTERSIGN_DATA']),
    mode: nonEmpty(env['COUNTERSIGN_MODE']),
    host: nonEmpty(env['HOST']),
    port: nonEmpty(env['PORT']),
    databaseUrl: nonEmpty(env['DATABASE_URL']),
    databaseAppUrl: nonEmpty(env['DATABASE_APP_URL']),
    ledgerKeyFile: nonEmpty(env['LEDGER_KEY_FILE']),
    ledgerKey: nonEmpty(env['LEDGER_KEY']),
    vaultKeyFile: nonEmpty(env['VAULT_KEY_FILE']),
    logLevel: nonEmpty(env['LOG_LEVEL']),
    otlpEndpoint: nonEmpty(env['OTEL_EXPORTER_OTLP_ENDPOINT']),
    secret: (name) => nonEmpty(env[name]),
  };
}

/** What the programs that we start inherit: `opa`, `regal`, `go`, `cosign`. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value;
}
