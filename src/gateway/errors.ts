import { CodedError } from '../core/index.ts';

export type GatewayErrorCode =
  | 'gateway.ungoverned_mutation'
  | 'gateway.unknown_action'
  | 'gateway.body_too_large'
  | 'gateway.body_malformed'
  | 'gateway.body_not_json'
  | 'gateway.body_stalled'
  | 'gateway.body_cut_off'
  | 'gateway.uploads_full'
  | 'gateway.downloads_full'
  | 'gateway.webhook_unauthorized'
  | 'gateway.listen_failed';

export class GatewayError extends CodedError<GatewayErrorCode> {}
