import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Env, readEnv } from './env.ts';
import { ConfigError } from './errors.ts';
import { configSchema, type Settings } from './schema.ts';
import { readYaml } from './yaml.ts';

/** Everything a start needs to know, from `config/countersign.yaml` with the environment on top. */
export type Config = Settings & {
  readonly env: Env;
  /** Absolute folder of the YAML files. */
  readonly configDir: string;
  /** Absolute folder for the embedded database, keys and dev secrets. */
  readonly dataDir: string;
};

/**
 * Reads the configuration once, at the start.
 *
 * @throws ConfigError
 */
export function loadConfig(env: Env = readEnv()): Config {
  const configDir = findConfigDir(env);
  const settings = readYaml(join(configDir, 'countersign.yaml'), configSchema);
  return {
    ...settings,
    mode: parseMode(env.mode) ?? settings.mode,
    server: { ...settings.server, host: env.host ?? settings.server.host, port: parsePort(env.port) ?? settings.server.port },
    env,
    configDir,
    dataDir: resolve(env.dataDir ?? '.countersign'),
  };
}

/** The folder asked for; else `config/` here; else the one that ships with the package. */
function findConfigDir(env: Env): string {
  if (env.configDir !== undefined) return resolve(env.configDir);
  const local = resolve('config');
  if (existsSync(join(local, 'countersign.yaml'))) return local;
  return join(packageRoot(), 'config');
}

/** The folder that holds our package.json, from source (`src/config`) and from the packed build (`build/src/config`) alike. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

function parseMode(value: string | undefined): Settings['mode'] | undefined {
  if (value === undefined || value === 'development' || value === 'production') return value;
  throw new ConfigError('config.invalid', `COUNTERSIGN_MODE is \`${value}\``, { remedy: 'set it to development or production' });
}

function parsePort(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new ConfigError('config.invalid', `PORT is \`${value}\``, { remedy: 'set it to a number from 0 to 65535' });
}
