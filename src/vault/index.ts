export { commitmentOf, type Disclosure, disclosed } from './commitment.ts';
export { readMasterKeys } from './configured-keys.ts';
export type { DataKey, Place } from './data-key.ts';
export { VaultError } from './errors.ts';
export { MasterKeys } from './master-keys.ts';
export { listKeyTenants, type Rotation, rotate } from './rotate.ts';
export { type DisclosuresByEntry, type Erased, type StoredText, subjectOf, Vault } from './vault.ts';
