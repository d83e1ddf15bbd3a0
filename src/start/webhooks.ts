import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Config, resolveSecret, type WebhookSource } from '../config/index.ts';
import { tenantId } from '../core/index.ts';
import type { WebhookCredential } from '../gateway/index.ts';

/** Where the token of the dev webhook source is kept; `countersign token --webhook` prints it. */
export function devWebhookTokenFile(config: Config): string {
  return join(config.dataDir, 'webhook-dev.token');
}

/** The configured webhook sources with their secrets; in development, when there is none, one for tenant `alpha`. @throws ConfigError */
export function readWebhooks(config: Config): readonly WebhookCredential[] {
  const sources = config.webhooks.alertmanager;
  if (sources.length === 0 && config.mode === 'development') return [toCredential(devSource(config), config)];
  return sources.map((source) => toCredential(source, config));
}

function devSource(config: Config): WebhookSource {
  const file = devWebhookTokenFile(config);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  }
  return { name: 'dev', tenant: 'alpha', bearer: { file } };
}

function toCredential(source: WebhookSource, { env }: Config): WebhookCredential {
  const shared = { name: source.name, tenant: tenantId(source.tenant) };
  if (source.hmac !== undefined) return { ...shared, kind: 'hmac', secret: resolveSecret(source.hmac, env) };
  if (source.bearer !== undefined) return { ...shared, kind: 'bearer', secret: resolveSecret(source.bearer, env) };
  throw new Error('the schema lets no source without a secret pass');
}
