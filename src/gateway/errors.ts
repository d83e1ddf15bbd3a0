import { CodedError } from '../core/index.ts';

export type GatewayErrorCode =
  | 'gateway.ungoverned_mutation'
  | 'gateway.unknown_action'
  | 'gateway.body_too_large'
  | 'gateway.body_malformed'
  | 'gateway.body_not_json'
  | 'gateway.webhook_unauthorized'
  | 'gateway.listen_failed';

export class GatewayError extends CodedError<GatewayErrorCode> {}
