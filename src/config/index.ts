export { type Env, inheritedEnvironment, readEnv } from './env.ts';
export { ConfigError } from './errors.ts';
export { type Config, loadConfig, packageRoot } from './load.ts';
export type {
  AgentSettings,
  AuthSettings,
  CalendarSettings,
  ContextSettings,
  FreezeSettings,
  IssuerSettings,
  SecretRef,
  Settings,
  WebhookSource,
} from './schema.ts';
export { resolveSecret } from './secrets.ts';
export { readYaml } from './yaml.ts';
