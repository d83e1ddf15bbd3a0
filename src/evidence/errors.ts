import { CodedError } from '../core/index.ts';

export type EvidenceErrorCode =
  | 'evidence.release_malformed'
  | 'evidence.input_unreadable'
  | 'evidence.command_failed'
  | 'evidence.commit_unknown'
  | 'evidence.time_unknown'
  | 'evidence.ledger_invalid'
  | 'evidence.kind_unknown'
  | 'evidence.name_taken'
  | 'evidence.item_malformed'
  | 'evidence.item_too_large'
  | 'evidence.contract_malformed'
  | 'evidence.controls_malformed'
  | 'evidence.controls_unmapped'
  | 'evidence.parent_invalid'
  | 'evidence.schema_failed'
  | 'evidence.out_not_empty'
  | 'evidence.write_failed'
  | 'evidence.interrupted'
  | 'evidence.bundle_invalid'
  | 'evidence.already_signed'
  | 'evidence.not_signed'
  | 'evidence.signatures_full'
  | 'evidence.key_unreadable'
  | 'evidence.key_malformed'
  | 'evidence.key_curve'
  | 'evidence.key_exists'
  | 'evidence.password_wrong'
  | 'evidence.key_program_failed'
  | 'evidence.key_program_wrong'
  | 'evidence.service_malformed'
  | 'evidence.identity_missing'
  | 'evidence.identity_malformed'
  | 'evidence.keyless_failed';

/** Why a bundle cannot be built or signed. Nothing is left behind when one is thrown. */
export class EvidenceError extends CodedError<EvidenceErrorCode> {}
