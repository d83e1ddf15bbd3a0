export type { GatewayParts } from './context.ts';
export { GatewayError } from './errors.ts';
export { actionOf } from './governed.ts';
export type { DevTokens } from './plugins/graphiql.ts';
export type { WebhookCredential } from './rest/webhook-source.ts';
export { buildSchema } from './schema.ts';
export { Gateway, type GatewayOptions } from './server.ts';
