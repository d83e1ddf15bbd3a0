export { CanonicalError, canonicalBytes, parseCanonical, recordableText } from './canonical.ts';
export { type Clock, epochSeconds, fixedClock, systemClock } from './clock.ts';
export { CodedError, messageOf } from './errors.ts';
export { digestOf, digestOfJson, sha256 } from './hash.ts';
export {
  type AlertId,
  type ApprovalId,
  type BlobId,
  type BreakGlassId,
  type DecisionId,
  type EntryId,
  entryOf,
  type IncidentId,
  idOf,
  isId,
  isReservedTenant,
  isTenantId,
  metaLog,
  newId,
  type OrchestrationId,
  type RunId,
  type TenantId,
  tenantId,
} from './ids.ts';
export { isJsonObject, type Json, type JsonObject } from './json.ts';
export {
  type CheckpointBody,
  cosignedMessage,
  formatNoteKey,
  fromBase64,
  isSignedBy,
  type NoteKey,
  type NoteSignature,
  noteAlgorithm,
  parseCheckpointBody,
  parseNote,
  parseNoteKey,
  parseSignatureLine,
  parseSize,
  type SignedNote,
} from './note.ts';
export { Places } from './places.ts';
export { Rounds } from './rounds.ts';
export { Turnstile } from './turnstile.ts';
export { within } from './within.ts';
