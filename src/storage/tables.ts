import type { ColumnType, Generated } from 'kysely';

/** Columns written once, by the statement that inserts the row. */
type Immutable<T> = ColumnType<T, T, never>;
type Timestamp = ColumnType<Date, Date, Date>;

/** One row a tenant's log: how long it is and the state needed to append (docs/ledger-format.md). */
type LedgerHead = {
  tenant: string;
  size: bigint;
  root: Buffer;
  last_hash: Buffer | null;
  /** The compact range: roots of the perfect subtrees, largest first, 32 bytes each. */
  frontier: Buffer;
};

/** Entries that are committed but not yet sequenced. */
type LedgerOutbox = {
  tenant: Immutable<string>;
  position: Generated<bigint>;
  entry_id: Immutable<string>;
  /** JCS bytes of the entry without `log`, `seq`, `prev` and `v`. */
  body: Immutable<Buffer>;
  subjects: Immutable<string[]>;
  /** Key id and HMAC of the gateway that wrote the row. */
  seal: Immutable<Buffer>;
};

/** Who signs a log, and how much of it is signed. */
type LedgerSigning = { tenant: Immutable<string>; verifier_key: string; size: bigint };
/** Checkpoints with two signatures of the log: the old key's and the new one's. */
type LedgerRotation = { tenant: Immutable<string>; size: Immutable<bigint>; note: Immutable<string> };

/** Committed entries that could not be sequenced, as they were found. */
type LedgerQuarantine = {
  tenant: Immutable<string>;
  position: Immutable<bigint>;
  entry_id: Immutable<string>;
  body: Immutable<Buffer>;
  seal: Immutable<Buffer>;
  reason: Immutable<'seal' | 'conflict'>;
};

type LedgerLeaf = {
  tenant: Immutable<string>;
  seq: Immutable<bigint>;
  entry_id: Immutable<string>;
  body: Immutable<Buffer>;
  hash: Immutable<Buffer>;
  /** What it is found by, out of the body; null where it has none. */
  type: Immutable<string | null>;
  actor: Immutable<string | null>;
  result: Immutable<string | null>;
  rule: Immutable<string | null>;
  at: Immutable<Date | null>;
};

/** A stretch of the oldest leaves that was stored away. */
type LedgerArchive = {
  tenant: Immutable<string>;
  first: Immutable<bigint>;
  until: Immutable<bigint>;
  manifest: Immutable<string>;
  root: Immutable<Buffer>;
  allowed_by: Immutable<string>;
};

/** C2SP tlog-tiles: up to 256 hashes of one level. */
type LedgerTile = { tenant: Immutable<string>; level: Immutable<number>; index: Immutable<bigint>; hashes: Buffer };
type LedgerCheckpoint = {
  tenant: Immutable<string>;
  size: Immutable<bigint>;
  note: Immutable<string>;
  signed_at: ColumnType<Date, Date | undefined, never>;
};
type LedgerSubject = { tenant: Immutable<string>; subject: Immutable<string>; seq: Immutable<bigint> };

/** How large a tree of the log a witness confirmed last. */
type LedgerWitness = { tenant: Immutable<string>; witness: Immutable<string>; size: bigint };
/** A witness's cosignature line over the checkpoint of that size. */
type LedgerCosignature = { tenant: Immutable<string>; size: Immutable<bigint>; witness: Immutable<string>; line: string; at: Timestamp };

/** The answer given to an idempotency key, to be given again. */
type IdempotencyKey = {
  tenant: Immutable<string>;
  actor: Immutable<string>;
  key: Immutable<string>;
  request_digest: Immutable<string>;
  /** JSON of the stored outcome; null while the call under this key may still be repeated to another end (a step-up). */
  outcome: string | null;
  created_at: Timestamp;
};

type Incident = {
  tenant: Immutable<string>;
  id: Immutable<string>;
  title: string;
  status: string;
  severity: string;
  category: string;
  region: string | null;
  source: Immutable<string>;
  group_key: Immutable<string | null>;
  detected_at: Timestamp;
  acknowledged_at: Timestamp | null;
  acknowledged_by: string | null;
  resolved_at: Timestamp | null;
  resolved_by: string | null;
};

type Alert = {
  tenant: Immutable<string>;
  id: Immutable<string>;
  incident_id: Immutable<string | null>;
  group_key: Immutable<string>;
  fingerprint: Immutable<string>;
  starts_at: Immutable<Date>;
  status: string;
  labels: Immutable<string>;
  annotations: Immutable<string>;
  ends_at: Timestamp | null;
};

type Orchestration = {
  tenant: Immutable<string>;
  id: Immutable<string>;
  incident_id: Immutable<string>;
  stage: string;
  status: string;
  adapter: Immutable<string>;
  simulated: Immutable<boolean>;
  operation: Immutable<string>;
  targets: Immutable<string[]>;
  parameters: Immutable<string>;
  justification: Immutable<string>;
  proposed_by: Immutable<string>;
  proposed_at: Timestamp;
  /** What the last dry run said it would change, JSON. */
  difference: string | null;
  dry_run_passed: boolean | null;
  dry_run_at: Timestamp | null;
  run_id: string | null;
  executed_by: string | null;
  executed_at: Timestamp | null;
  /** What the adapter answered to the execution, JSON. */
  outcome: string | null;
};

type Approval = {
  tenant: Immutable<string>;
  id: Immutable<string>;
  orchestration_id: Immutable<string>;
  verdict: Immutable<string>;
  plan_hash: Immutable<string | null>;
  actor: Immutable<string>;
  justification: Immutable<string>;
  at: Immutable<Date>;
};

type BreakGlass = {
  tenant: Immutable<string>;
  id: Immutable<string>;
  incident_id: Immutable<string>;
  declared_by: Immutable<string>;
  justification: Immutable<string>;
  declared_at: Immutable<Date>;
  expires_at: Immutable<Date>;
};

type BreakGlassReview = {
  tenant: Immutable<string>;
  break_glass_id: Immutable<string>;
  reviewer: Immutable<string>;
  verdict: Immutable<string>;
  comment: Immutable<string>;
  reviewed_at: Immutable<Date>;
};

type Flag = {
  tenant: Immutable<string>;
  key: Immutable<string>;
  enabled: boolean;
  /** Requests a second that a throttled feature may take; null when not throttled. */
  rate_limit: number | null;
  reason: string;
  set_by: string;
  set_at: Timestamp;
};

type PolicyBundle = {
  tenant: Immutable<string>;
  digest: Immutable<string>;
  serial: number;
  revision: string;
  signer: string;
  stored_at: Timestamp;
  manifest: Buffer;
  wasm: Buffer;
  data: Buffer;
  self_test: Buffer;
  signature: Buffer;
};

type PolicyProposal = {
  tenant: Immutable<string>;
  action: Immutable<string>;
  digest: Immutable<string>;
  manifest: Immutable<string>;
  proposed_by: Immutable<string>;
  proposed_at: Immutable<Date>;
};

type PolicyActivation = {
  tenant: Immutable<string>;
  position: Immutable<bigint>;
  built_in: Immutable<boolean>;
  action: Immutable<string>;
  digest: Immutable<string>;
  serial: Immutable<number>;
  revision: Immutable<string>;
  proposed_by: Immutable<string>;
  confirmed_by: Immutable<string>;
  at: Immutable<Date>;
};

type PolicyDivergence = {
  tenant: Immutable<string>;
  decision_id: Immutable<string>;
  candidate: Immutable<string>;
  action: Immutable<string>;
  decided: Immutable<string>;
  would_decide: Immutable<string>;
  at: Immutable<Date>;
};

/** A person's data key, wrapped by a master key. */
type SubjectKey = {
  tenant: Immutable<string>;
  subject: Immutable<string>;
  wrapped_key: string;
  master_key_id: string;
  created_at: Immutable<Date>;
};

/** What opens a commitment in a leaf, sealed under its subject's data key. */
type LedgerDisclosure = {
  tenant: Immutable<string>;
  entry_id: Immutable<string>;
  path: Immutable<string>;
  subject: Immutable<string>;
  sealed: Immutable<string>;
};

/** A place for a file's bytes. */
type EvidenceBlob = {
  tenant: Immutable<string>;
  id: Immutable<string>;
  digest: Immutable<string>;
  size: Immutable<bigint>;
  begun_by: Immutable<string>;
  begun_at: Immutable<Date>;
};

type EvidenceFile = {
  tenant: Immutable<string>;
  digest: Immutable<string>;
  size: Immutable<bigint>;
  blob: Immutable<string>;
  stored_at: Timestamp;
};

type EvidenceChunk = { tenant: Immutable<string>; blob: Immutable<string>; part: Immutable<number>; bytes: Immutable<Buffer> };

type EvidenceRegistration = {
  tenant: Immutable<string>;
  release: Immutable<string>;
  kind: Immutable<string>;
  content: Immutable<string>;
  registered_by: Immutable<string>;
  registered_at: Immutable<Date>;
};

type EvidenceWaiver = {
  tenant: Immutable<string>;
  entry_id: Immutable<string>;
  release: Immutable<string>;
  requirement: Immutable<string>;
  reason: Immutable<string>;
  waived_by: Immutable<string>;
  waived_at: Immutable<Date>;
  expires_at: Immutable<Date>;
};

type EvidenceBundle = {
  tenant: Immutable<string>;
  manifest: Immutable<string>;
  release: Immutable<string>;
  kind: Immutable<string>;
  number: Immutable<number>;
  parent: Immutable<string | null>;
  position: Immutable<bigint>;
  at: Immutable<Date>;
  verdict: Immutable<string>;
  /** JSON. */
  requirements: Immutable<string>;
  missing: Immutable<number>;
  waived_until: Immutable<Date | null>;
  published_by: Immutable<string>;
  published_at: Immutable<Date>;
};

type EvidenceBundleFile = {
  tenant: Immutable<string>;
  manifest: Immutable<string>;
  name: Immutable<string>;
  kind: Immutable<string | null>;
  digest: Immutable<string>;
  size: Immutable<bigint>;
  media_type: Immutable<string>;
  held_by: Immutable<string | null>;
};

type EvidencePromotion = {
  tenant: Immutable<string>;
  environment: Immutable<string>;
  position: Immutable<bigint>;
  release: Immutable<string>;
  manifest: Immutable<string>;
  promoted_by: Immutable<string>;
  promoted_at: Immutable<Date>;
};

/** The tables as kysely sees them. int8 is `bigint`, bytea is `Buffer`, JSON is text that its domain parses. */
export type Tables = {
  ledger_head: LedgerHead;
  ledger_outbox: LedgerOutbox;
  ledger_quarantine: LedgerQuarantine;
  ledger_leaf: LedgerLeaf;
  ledger_tile: LedgerTile;
  ledger_checkpoint: LedgerCheckpoint;
  ledger_signing: LedgerSigning;
  ledger_rotation: LedgerRotation;
  ledger_subject: LedgerSubject;
  ledger_witness: LedgerWitness;
  ledger_cosignature: LedgerCosignature;
  ledger_archive: LedgerArchive;
  idempotency_key: IdempotencyKey;
  incident: Incident;
  alert: Alert;
  orchestration: Orchestration;
  approval: Approval;
  break_glass: BreakGlass;
  break_glass_review: BreakGlassReview;
  flag: Flag;
  policy_bundle: PolicyBundle;
  policy_proposal: PolicyProposal;
  policy_activation: PolicyActivation;
  policy_divergence: PolicyDivergence;
  subject_key: SubjectKey;
  ledger_disclosure: LedgerDisclosure;
  evidence_blob: EvidenceBlob;
  evidence_file: EvidenceFile;
  evidence_chunk: EvidenceChunk;
  evidence_registration: EvidenceRegistration;
  evidence_waiver: EvidenceWaiver;
  evidence_bundle: EvidenceBundle;
  evidence_bundle_file: EvidenceBundleFile;
  evidence_promotion: EvidencePromotion;
};
