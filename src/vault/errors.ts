import { CodedError } from '../core/index.ts';

export type VaultErrorCode =
  | 'vault.key_missing'
  | 'vault.key_malformed'
  /** A data key is wrapped by a master key that the key file does not hold. */
  | 'vault.master_key_unknown'
  /** What is stored does not open with the key it names: somebody changed it, or moved it to another place. */
  | 'vault.tampered'
  /** A disclosure is not what its commitment in the ledger was made of. */
  | 'vault.disclosure_mismatch';

export class VaultError extends CodedError<VaultErrorCode> {}
