// Generated from schema.graphql by `npm run generate`. Do not edit.
import type { Json } from '../core/index.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Outcome, Decision as DecisionModel } from '../govern/index.ts';
import type { BreakGlass as BreakGlassModel, BreakGlassReview as BreakGlassReviewModel, Incident as IncidentModel, Orchestration as OrchestrationModel } from '../incidents/index.ts';
import type { JsonObject } from '../core/index.ts';
import type { Flag as FlagModel } from '../flags/index.ts';
import type { Activation as ActivationModel } from '../bundles/index.ts';
import type { PolicyVersion as PolicyVersionModel } from '../policy/index.ts';
import type { Receipt as ReceiptModel } from '../ledger/index.ts';
import type { GatewayContext } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** RFC 3339 in UTC, e.g. `2026-01-03T12:00:00.000Z`. */
  DateTime: { input: string; output: Date | string; }
  /** Any JSON value. */
  JSON: { input: Json; output: Json; }
  /** A whole number of up to 2^53 - 1: positions and sizes of logs. */
  Long: { input: number; output: number; }
};

export type DecisionResult =
  | 'ALLOW'
  | 'DENY'
  /** Allowed once you sign in again as `challenge` asks; repeat the call with the same idempotency key. */
  | 'STEP_UP';

export type Severity =
  | 'P0'
  | 'P1'
  | 'P2'
  | 'P3'
  | 'P4';

export type IncidentStatus =
  | 'DETECTED'
  | 'ACKNOWLEDGED'
  | 'INVESTIGATING'
  | 'RESOLVED'
  | 'CLOSED';

export type IncidentCategory =
  | 'security_breach'
  | 'data_leak'
  | 'service_outage'
  | 'compliance_violation'
  | 'performance_degradation'
  | 'authentication_failure'
  | 'authorization_failure'
  | 'system_error';

export type OrchestrationStage =
  | 'SUGGEST'
  | 'DRY_RUN'
  | 'APPROVE'
  | 'EXECUTE';

export type OrchestrationStatus =
  | 'PROPOSED'
  | 'DRY_RUNNING'
  | 'DRY_RUN_PASSED'
  | 'DRY_RUN_FAILED'
  | 'APPROVED'
  | 'REJECTED'
  | 'EXECUTING'
  | 'EXECUTED'
  | 'EXECUTION_FAILED'
  /** The agent did not answer: it may or may not have been done. Look, then propose again. */
  | 'EXECUTION_UNKNOWN';

export type ReceiptStatus =
  /** The entry has its place in the log. */
  | 'SEQUENCED'
  /** Committed and sure to be sequenced; ask `receipt(entryId:)` later. */
  | 'PENDING';

/** A requirement that did not hold. */
export type Requirement = {
  readonly ruleId: Scalars['ID']['output'];
  /** DENY, or STEP_UP when stronger authentication would meet it. */
  readonly effect: DecisionResult;
  readonly explanation: Scalars['String']['output'];
  readonly remedy: Scalars['String']['output'];
};

/** What signing in again must ask for (RFC 9470). */
export type Challenge = {
  readonly acrValues: Scalars['String']['output'];
  /** Seconds. */
  readonly maxAge: Scalars['Int']['output'];
};

export type PolicyVersion = {
  readonly digest: Scalars['String']['output'];
  readonly revision: Scalars['String']['output'];
};

/** What was decided, by which rule and why. A denial is data, not an error. */
export type Decision = {
  readonly decisionId: Scalars['ID']['output'];
  readonly action: Scalars['String']['output'];
  readonly result: DecisionResult;
  /** The grant when allowed, the first unmet requirement when not. */
  readonly ruleId: Scalars['ID']['output'];
  readonly explanation: Scalars['String']['output'];
  /** Every unmet requirement, in order of precedence. */
  readonly rules: ReadonlyArray<Requirement>;
  readonly challenge: Maybe<Challenge>;
  readonly obligations: ReadonlyArray<Scalars['String']['output']>;
  readonly policy: PolicyVersion;
  readonly inputDigest: Scalars['String']['output'];
  readonly tenant: Scalars['ID']['output'];
  readonly purpose: Scalars['String']['output'];
  readonly ts: Scalars['DateTime']['output'];
  /** Microseconds that the evaluation took. */
  readonly micros: Scalars['Int']['output'];
};

/** Where the ledger has the action. */
export type Receipt = {
  readonly status: ReceiptStatus;
  readonly log: Scalars['ID']['output'];
  readonly entryId: Scalars['ID']['output'];
  readonly seq: Maybe<Scalars['Long']['output']>;
  /** Hex. */
  readonly leafHash: Maybe<Scalars['String']['output']>;
};

/** An answer of the kernel: always a decision, and where it is recorded. */
export type Governed = {
  readonly decision: Decision;
  readonly receipt: Receipt;
};

export type Viewer = {
  readonly id: Scalars['ID']['output'];
  readonly tenant: Scalars['ID']['output'];
  readonly roles: ReadonlyArray<Scalars['String']['output']>;
  readonly purposes: ReadonlyArray<Scalars['String']['output']>;
};

export type Incident = {
  readonly id: Scalars['ID']['output'];
  readonly title: Scalars['String']['output'];
  readonly status: IncidentStatus;
  readonly severity: Severity;
  readonly category: IncidentCategory;
  readonly region: Maybe<Scalars['String']['output']>;
  /** Who or what reported it. */
  readonly source: Scalars['String']['output'];
  readonly detectedAt: Scalars['DateTime']['output'];
  readonly acknowledgedAt: Maybe<Scalars['DateTime']['output']>;
  readonly acknowledgedBy: Maybe<Scalars['ID']['output']>;
  readonly resolvedAt: Maybe<Scalars['DateTime']['output']>;
  readonly resolvedBy: Maybe<Scalars['ID']['output']>;
  /** The remedies proposed for it, oldest first. */
  readonly orchestrations: ReadonlyArray<Orchestration>;
};

export type Approval = {
  readonly actor: Scalars['ID']['output'];
  readonly planHash: Scalars['String']['output'];
};

/** A remedy on its way: suggest, dry run, approve, execute. */
export type Orchestration = {
  readonly id: Scalars['ID']['output'];
  readonly incident: Incident;
  readonly stage: OrchestrationStage;
  readonly status: OrchestrationStatus;
  /** The configured agent that carries it out. */
  readonly adapter: Scalars['String']['output'];
  /** True: the adapter only pretends, nothing real happens. */
  readonly simulated: Scalars['Boolean']['output'];
  readonly operation: Scalars['String']['output'];
  readonly targets: ReadonlyArray<Scalars['String']['output']>;
  readonly parameters: Scalars['JSON']['output'];
  /** Null: erased. */
  readonly justification: Maybe<Scalars['String']['output']>;
  readonly proposedBy: Scalars['ID']['output'];
  readonly proposedAt: Scalars['DateTime']['output'];
  /** What the last dry run said it would change. */
  readonly difference: Maybe<Scalars['JSON']['output']>;
  readonly dryRunPassed: Maybe<Scalars['Boolean']['output']>;
  readonly dryRunAt: Maybe<Scalars['DateTime']['output']>;
  /** The plan as it stands now; approve and execute name it. */
  readonly planHash: Maybe<Scalars['String']['output']>;
  readonly approvals: ReadonlyArray<Approval>;
  readonly executedBy: Maybe<Scalars['ID']['output']>;
  readonly executedAt: Maybe<Scalars['DateTime']['output']>;
  /** What the agent answered to the execution. */
  readonly outcome: Maybe<Scalars['JSON']['output']>;
};

export type BreakGlassVerdict =
  | 'JUSTIFIED'
  | 'NOT_JUSTIFIED';

export type BreakGlassReview = {
  readonly reviewer: Scalars['ID']['output'];
  readonly verdict: BreakGlassVerdict;
  /** Null: erased. */
  readonly comment: Maybe<Scalars['String']['output']>;
  readonly reviewedAt: Scalars['DateTime']['output'];
};

/**
 * A declared emergency: until it ends its declarer may go around change freezes, the change window and four eyes on one
 * incident. All that is done under it is in `timeline(subject: "breakglass:<id>")`, and two people review it afterwards.
 */
export type BreakGlass = {
  readonly id: Scalars['ID']['output'];
  readonly incident: Incident;
  readonly declaredBy: Scalars['ID']['output'];
  /** Null: erased. */
  readonly justification: Maybe<Scalars['String']['output']>;
  readonly declaredAt: Scalars['DateTime']['output'];
  readonly expiresAt: Scalars['DateTime']['output'];
  readonly active: Scalars['Boolean']['output'];
  /** Two people have said whether it was justified. */
  readonly reviewed: Scalars['Boolean']['output'];
  readonly reviews: ReadonlyArray<BreakGlassReview>;
};

export type Flag = {
  readonly key: Scalars['ID']['output'];
  readonly enabled: Scalars['Boolean']['output'];
  /** Requests a second; null when not throttled. */
  readonly rateLimit: Maybe<Scalars['Int']['output']>;
  /** Null: erased. */
  readonly reason: Maybe<Scalars['String']['output']>;
  readonly setBy: Scalars['ID']['output'];
  readonly setAt: Scalars['DateTime']['output'];
};

/** An entry of the ledger. */
export type Entry = {
  readonly seq: Scalars['Long']['output'];
  readonly entryId: Scalars['ID']['output'];
  readonly ts: Scalars['DateTime']['output'];
  /** The action. */
  readonly type: Scalars['String']['output'];
  readonly subject: Scalars['String']['output'];
  readonly actor: Scalars['ID']['output'];
  /** How it was decided; null where the entry records no decision. */
  readonly result: Maybe<DecisionResult>;
  /** The rule that determined it. */
  readonly ruleId: Maybe<Scalars['ID']['output']>;
  /** The hex hash of this entry's leaf. */
  readonly leafHash: Scalars['String']['output'];
  /** The hex hash of the leaf before; null for the first. */
  readonly prev: Maybe<Scalars['String']['output']>;
  /**
   * What the leaf holds. Where a person wrote something the leaf has a commitment, `{"committed": "<hex>"}`: here their words stand
   * in its place, as long as they are not erased.
   */
  readonly data: Scalars['JSON']['output'];
};

/** What a commitment in a leaf was made of: the leaf has the hex SHA-256 of the canonical JSON of `[salt, path, value]`. */
export type Disclosure = {
  /** JSON pointer in the leaf. */
  readonly path: Scalars['String']['output'];
  readonly salt: Scalars['String']['output'];
  readonly value: Scalars['String']['output'];
};

/** All that is needed to check offline that the log holds an entry (RFC 6962, C2SP). Hashes in hex. */
export type InclusionProof = {
  /** The leaf's exact bytes: canonical JSON. */
  readonly leaf: Scalars['String']['output'];
  readonly seq: Scalars['Long']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
  /** A signed note. */
  readonly checkpoint: Scalars['String']['output'];
  readonly verifierKey: Scalars['String']['output'];
  /** The same as a file to keep (c2sp.org/tlog-proof@v1, the leaf as its extra data): `countersign receipt verify` reads it. */
  readonly tlogProof: Scalars['String']['output'];
  /** What people wrote in it, but for what was erased. */
  readonly disclosures: ReadonlyArray<Disclosure>;
};

/** All that is needed to check offline that a log still begins with what one saw of it (RFC 6962 §2.1.2). Hashes in hex. */
export type ConsistencyProof = {
  readonly from: Scalars['Long']['output'];
  readonly to: Scalars['Long']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
  /** A signed note of size `to`. */
  readonly checkpoint: Scalars['String']['output'];
};

export type ConsistencyProofPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** Null when not allowed, and before the first checkpoint. */
  readonly proof: Maybe<ConsistencyProof>;
};

export type Checkpoint = {
  readonly size: Scalars['Long']['output'];
  /** A signed note. */
  readonly note: Scalars['String']['output'];
  readonly verifierKey: Scalars['String']['output'];
};

export type PolicyChangeStatus =
  /** Waiting for a second person to make the same call, within a day. */
  | 'PROPOSED'
  /** It decides from now on; other gateways follow within seconds. */
  | 'ACTIVATED';

/** A policy of your tenant, by what its manifest says. */
export type PolicyRef = {
  readonly digest: Scalars['String']['output'];
  readonly revision: Scalars['String']['output'];
  /** Grows with every change that is published. */
  readonly serial: Scalars['Int']['output'];
};

/** A policy that two people made active. */
export type PolicyActivation = {
  readonly policy: PolicyRef;
  /** `policy.publish` or `policy.rollback`. */
  readonly action: Scalars['String']['output'];
  readonly proposedBy: Scalars['ID']['output'];
  readonly confirmedBy: Scalars['ID']['output'];
  readonly at: Scalars['DateTime']['output'];
};

/** Which policy decides, and which did. */
export type PolicyStatus = {
  /** What this gateway decides by, for your tenant. */
  readonly active: PolicyRef;
  /** What decides for tenants that published none. */
  readonly builtIn: PolicyRef;
  /** Newest first. */
  readonly activations: ReadonlyArray<PolicyActivation>;
};


/** Which policy decides, and which did. */
export type PolicyStatusActivationsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type PageInfo = {
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** True where entries before this page are known of; lists that page forwards only do not say. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  readonly startCursor: Maybe<Scalars['String']['output']>;
  readonly endCursor: Maybe<Scalars['String']['output']>;
};

export type IncidentEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node: Incident;
};

export type IncidentConnection = {
  readonly edges: ReadonlyArray<IncidentEdge>;
  readonly pageInfo: PageInfo;
};

export type BreakGlassEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node: BreakGlass;
};

export type BreakGlassConnection = {
  readonly edges: ReadonlyArray<BreakGlassEdge>;
  readonly pageInfo: PageInfo;
};

export type TimelinePayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** Oldest first; null when not allowed. */
  readonly entries: Maybe<ReadonlyArray<Entry>>;
  /** Entries of a lower seq are stored away and not shown; 0 where none are, null when not allowed. */
  readonly archivedBefore: Maybe<Scalars['Long']['output']>;
};

export type EntryOrder =
  | 'OLDEST_FIRST'
  | 'NEWEST_FIRST';

/** Which entries; what is left out does not restrict. Ranges begin with `from` and end before `until`. */
export type EntryFilter = {
  /** `<type>:<id>`, as for `timeline`. */
  readonly subject?: InputMaybe<Scalars['String']['input']>;
  /** Id of who did it. */
  readonly actor?: InputMaybe<Scalars['ID']['input']>;
  /** An action, or another type of entry. */
  readonly action?: InputMaybe<Scalars['String']['input']>;
  readonly result?: InputMaybe<DecisionResult>;
  /** The rule that determined the result. */
  readonly ruleId?: InputMaybe<Scalars['ID']['input']>;
  readonly from?: InputMaybe<Scalars['DateTime']['input']>;
  readonly until?: InputMaybe<Scalars['DateTime']['input']>;
  readonly fromSeq?: InputMaybe<Scalars['Long']['input']>;
  readonly untilSeq?: InputMaybe<Scalars['Long']['input']>;
};

export type EntryEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node: Entry;
};

/** A page of entries. All pages of one list are answered against the log as long as it was at the first of them. */
export type EntryConnection = {
  readonly edges: ReadonlyArray<EntryEdge>;
  readonly pageInfo: PageInfo;
  /** Exact, among the first `size` entries without those that are stored away. */
  readonly totalCount: Scalars['Long']['output'];
  /** How many entries the log had when the first page was answered. */
  readonly size: Scalars['Long']['output'];
  /** Entries of a lower seq are stored away and neither shown nor counted; 0 where none are. */
  readonly archivedBefore: Scalars['Long']['output'];
};

export type EntriesPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** Null when not allowed. */
  readonly page: Maybe<EntryConnection>;
};

export type EntryProofPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  readonly proof: Maybe<InclusionProof>;
};

export type EvidenceVerdict =
  | 'PASSED'
  /** Something that the contract requires is neither met nor waived. */
  | 'FAILED';

export type EvidenceOutcome =
  | 'met'
  | 'missing'
  | 'stale'
  | 'unmet'
  | 'waived'
  /** Optional, and not there. */
  | 'absent';

/** A requirement that need not be met until a day. */
export type EvidenceWaiver = {
  readonly owner: Scalars['ID']['output'];
  readonly reason: Scalars['String']['output'];
  readonly expiresAt: Scalars['DateTime']['output'];
};

/** What came of one requirement of the contract. */
export type EvidenceRequirement = {
  readonly id: Scalars['ID']['output'];
  readonly outcome: EvidenceOutcome;
  readonly detail: Scalars['String']['output'];
  /** How to get it. */
  readonly obtain: Scalars['String']['output'];
  readonly waiver: Maybe<EvidenceWaiver>;
};

/** A file of a bundle: `GET /evidence/bundles/<manifest>/<name>`. */
export type EvidenceFile = {
  readonly name: Scalars['String']['output'];
  /** Of an item; null for the manifest and for signatures. */
  readonly kind: Maybe<Scalars['String']['output']>;
  readonly digest: Scalars['ID']['output'];
  /** Bytes. */
  readonly size: Scalars['Long']['output'];
  readonly mediaType: Scalars['String']['output'];
  /** The bundle that holds it; null: this one. */
  readonly heldBy: Maybe<Scalars['ID']['output']>;
};

/** What a release shows, as the gateway verified it. */
export type EvidenceBundle = {
  /** `sha256:<hex>` of manifest.json. */
  readonly manifest: Scalars['ID']['output'];
  readonly release: Scalars['ID']['output'];
  readonly kind: Scalars['String']['output'];
  /** 0, or how many deltas there are with this one. */
  readonly number: Scalars['Int']['output'];
  /** The bundle that this one changes. */
  readonly parent: Maybe<Scalars['ID']['output']>;
  /** The source's time. */
  readonly at: Scalars['DateTime']['output'];
  readonly verdict: EvidenceVerdict;
  /** In the contract's order. */
  readonly requirements: ReadonlyArray<EvidenceRequirement>;
  /** Requirements that keep the verdict from being PASSED. */
  readonly missing: ReadonlyArray<Scalars['ID']['output']>;
  readonly publishedBy: Scalars['ID']['output'];
  readonly publishedAt: Scalars['DateTime']['output'];
  /** Those of its parents as well, by name. */
  readonly files: ReadonlyArray<EvidenceFile>;
};

/** What runs in an environment, by which bundle. */
export type EvidencePromotion = {
  readonly environment: Scalars['String']['output'];
  readonly release: Scalars['ID']['output'];
  readonly manifest: Scalars['ID']['output'];
  readonly promotedBy: Scalars['ID']['output'];
  readonly promotedAt: Scalars['DateTime']['output'];
};

/** A release that has evidence. */
export type EvidenceRelease = {
  readonly release: Scalars['ID']['output'];
  readonly kind: Scalars['String']['output'];
  /** It speaks for the release: the last delta, or the first bundle. */
  readonly newest: EvidenceBundle;
  /** Where it is current. */
  readonly current: ReadonlyArray<EvidencePromotion>;
};

export type EvidenceReleaseEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node: EvidenceRelease;
};

export type EvidenceReleaseConnection = {
  readonly edges: ReadonlyArray<EvidenceReleaseEdge>;
  readonly pageInfo: PageInfo;
};

export type EvidenceReleasesPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** Null when not allowed. */
  readonly page: Maybe<EvidenceReleaseConnection>;
};

export type EvidenceBundleEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node: EvidenceBundle;
};

export type EvidenceBundleConnection = {
  readonly edges: ReadonlyArray<EvidenceBundleEdge>;
  readonly pageInfo: PageInfo;
};

export type EvidenceBundlesPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** Null when not allowed. */
  readonly page: Maybe<EvidenceBundleConnection>;
};

export type Query = {
  /** Who the gateway takes you for. */
  readonly viewer: Viewer;
  readonly incident: Maybe<Incident>;
  /** Newest first. */
  readonly incidents: IncidentConnection;
  readonly orchestration: Maybe<Orchestration>;
  readonly breakGlass: Maybe<BreakGlass>;
  /** Newest first. */
  readonly breakGlasses: BreakGlassConnection;
  readonly flags: ReadonlyArray<Flag>;
  readonly policy: PolicyStatus;
  /** Where an entry stands; null when your log has none of this id. */
  readonly receipt: Maybe<Receipt>;
  /** The newest signed head of your log. */
  readonly checkpoint: Maybe<Checkpoint>;
  /**
   * The history of something: its ledger entries, oldest first. `subject` is `incident:<id>`, `orchestration:<id>`,
   * `breakglass:<id>`, `flag:<key>` or `ledger:<tenant>`. To look is an action of its own.
   */
  readonly timeline: TimelinePayload;
  /**
   * Searches the ledger of your tenant, newest first unless said otherwise, in pages of at most 100: say how many with `first` and
   * page on with `after`, or backwards with `last` and `before`. To look is an action of its own.
   */
  readonly entries: EntriesPayload;
  /** One entry with its proof. To look is an action of its own. */
  readonly entryProof: EntryProofPayload;
  /** The proof that the newest checkpoint continues the first `from` entries. To look is an action of its own. */
  readonly consistencyProof: ConsistencyProofPayload;
  /** Releases that have evidence, the newest first, in pages of at most 100. To look is an action of its own. */
  readonly evidenceReleases: EvidenceReleasesPayload;
  /** The bundles of a release, the newest first. To look is an action of its own. */
  readonly evidenceBundles: EvidenceBundlesPayload;
};


export type QueryIncidentArgs = {
  id: Scalars['ID']['input'];
};


export type QueryIncidentsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  status?: InputMaybe<IncidentStatus>;
};


export type QueryOrchestrationArgs = {
  id: Scalars['ID']['input'];
};


export type QueryBreakGlassArgs = {
  id: Scalars['ID']['input'];
};


export type QueryBreakGlassesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


export type QueryReceiptArgs = {
  entryId: Scalars['ID']['input'];
};


export type QueryTimelineArgs = {
  subject: Scalars['String']['input'];
  after?: InputMaybe<Scalars['Long']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryEntriesArgs = {
  filter?: InputMaybe<EntryFilter>;
  order?: InputMaybe<EntryOrder>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


export type QueryEntryProofArgs = {
  entryId: Scalars['ID']['input'];
};


export type QueryConsistencyProofArgs = {
  from: Scalars['Long']['input'];
};


export type QueryEvidenceReleasesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


export type QueryEvidenceBundlesArgs = {
  release: Scalars['ID']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

export type AcknowledgeInput = {
  readonly incidentId: Scalars['ID']['input'];
};

export type ResolveInput = {
  readonly incidentId: Scalars['ID']['input'];
  readonly summary?: InputMaybe<Scalars['String']['input']>;
};

export type ProposeInput = {
  readonly incidentId: Scalars['ID']['input'];
  /** A configured agent, or `simulate`. */
  readonly adapter: Scalars['String']['input'];
  readonly operation: Scalars['String']['input'];
  readonly targets: ReadonlyArray<Scalars['String']['input']>;
  readonly parameters?: InputMaybe<Scalars['JSON']['input']>;
  readonly justification: Scalars['String']['input'];
};

export type DryRunInput = {
  readonly orchestrationId: Scalars['ID']['input'];
};

export type ApproveInput = {
  readonly orchestrationId: Scalars['ID']['input'];
  /** The plan that you looked at. */
  readonly planHash: Scalars['String']['input'];
  readonly justification: Scalars['String']['input'];
};

export type RejectInput = {
  readonly orchestrationId: Scalars['ID']['input'];
  readonly justification: Scalars['String']['input'];
};

export type ExecuteInput = {
  readonly orchestrationId: Scalars['ID']['input'];
  /** The plan that was approved. */
  readonly planHash: Scalars['String']['input'];
};

export type DeclareBreakGlassInput = {
  /** An open incident of severity P0 or P1. */
  readonly incidentId: Scalars['ID']['input'];
  /** At least 20 characters. */
  readonly justification: Scalars['String']['input'];
  /** 1 to 60. */
  readonly minutes: Scalars['Int']['input'];
};

export type ReviewBreakGlassInput = {
  readonly breakGlassId: Scalars['ID']['input'];
  readonly verdict: BreakGlassVerdict;
  /** At least ten characters. */
  readonly comment: Scalars['String']['input'];
};

export type SetFlagInput = {
  readonly key: Scalars['String']['input'];
  readonly enabled: Scalars['Boolean']['input'];
  /** Throttle to this many requests a second; leave out to lift a throttle. */
  readonly rateLimit?: InputMaybe<Scalars['Int']['input']>;
  readonly justification: Scalars['String']['input'];
};

/** The files of a bundle, each in base64. */
export type PublishPolicyInput = {
  /** manifest.json */
  readonly manifest: Scalars['String']['input'];
  /** policy.wasm */
  readonly wasm: Scalars['String']['input'];
  /** data.json */
  readonly data: Scalars['String']['input'];
  /** selftest.json */
  readonly selfTest: Scalars['String']['input'];
  /** manifest.sigstore.json: a sigstore bundle over manifest.json. */
  readonly signature?: InputMaybe<Scalars['String']['input']>;
  readonly justification: Scalars['String']['input'];
};

export type EraseSubjectInput = {
  /** `person:<actor id>`. */
  readonly subject: Scalars['ID']['input'];
  /** At least ten characters. */
  readonly justification: Scalars['String']['input'];
};

export type RollbackPolicyInput = {
  /** A policy that was active before, or the built-in one. */
  readonly digest: Scalars['String']['input'];
  readonly justification: Scalars['String']['input'];
};

export type RegisterEvidenceInput = {
  /** A tag: `v1.2.3`. */
  readonly release: Scalars['ID']['input'];
  /** The kind of release, by which its contract is chosen. */
  readonly kind: Scalars['String']['input'];
  /** What `ig-evidence register` computes of the items: `sha256:<hex>` (docs/evidence-format.md). */
  readonly content: Scalars['ID']['input'];
};

export type WaiveEvidenceInput = {
  readonly release: Scalars['ID']['input'];
  /** The id of a requirement of the contract. */
  readonly requirement: Scalars['ID']['input'];
  /** At least ten characters. It stands in the bundle in plain, for everyone who gets it and for good: write nothing about a person. */
  readonly reason: Scalars['String']['input'];
  /** Within 90 days from now. */
  readonly expiresAt: Scalars['DateTime']['input'];
};

/** A signature or statement of a bundle, uploaded before. */
export type EvidenceSignatureInput = {
  /** `<item>.sigstore.json`, `manifest.sigstore.json`, … */
  readonly name: Scalars['String']['input'];
  readonly digest: Scalars['ID']['input'];
};

/** All files have been uploaded: `PUT /evidence/files/sha256:<hex>`. */
export type PublishEvidenceInput = {
  /** `sha256:<hex>` of manifest.json. */
  readonly manifest: Scalars['ID']['input'];
  /** The files of the bundle that no manifest can name: its signatures and statements. */
  readonly signatures: ReadonlyArray<EvidenceSignatureInput>;
};

export type PromoteReleaseInput = {
  readonly release: Scalars['ID']['input'];
  /** `production` for one. */
  readonly environment: Scalars['String']['input'];
};

export type EvidenceRegistration = {
  readonly release: Scalars['ID']['output'];
  readonly kind: Scalars['String']['output'];
  readonly content: Scalars['ID']['output'];
};

export type RegisterEvidencePayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** Null when not allowed. */
  readonly registration: Maybe<EvidenceRegistration>;
};

export type WaivedRequirement = {
  readonly release: Scalars['ID']['output'];
  readonly requirement: Scalars['ID']['output'];
  readonly reason: Scalars['String']['output'];
  readonly expiresAt: Scalars['DateTime']['output'];
};

export type WaiveEvidencePayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** Null when not allowed. */
  readonly waiver: Maybe<WaivedRequirement>;
};

export type PublishedEvidence = {
  readonly manifest: Scalars['ID']['output'];
  readonly release: Scalars['ID']['output'];
  readonly verdict: EvidenceVerdict;
  /** False: it was published before, and is the newest still. */
  readonly first: Scalars['Boolean']['output'];
};

export type PublishEvidencePayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** Null when not allowed. */
  readonly published: Maybe<PublishedEvidence>;
};

export type PromoteReleasePayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** What is current in the environment now; null when not allowed. `decision.rules` has each thing that is missing with how to get it. */
  readonly promotion: Maybe<EvidencePromotion>;
};

export type ArchiveLedgerInput = {
  /** The first seq that stays; a multiple of 256. */
  readonly beforeSeq: Scalars['Long']['input'];
  /** Digest of the archive's `archive.json`, as `countersign ledger archive` prints it. */
  readonly manifestDigest: Scalars['String']['input'];
  /** At least ten characters. */
  readonly justification: Scalars['String']['input'];
};

export type ArchiveLedgerPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** What may leave the database now; null when not allowed. */
  readonly beforeSeq: Maybe<Scalars['Long']['output']>;
  readonly manifestDigest: Maybe<Scalars['String']['output']>;
};

export type IncidentPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  readonly incident: Maybe<Incident>;
};

export type OrchestrationPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  readonly orchestration: Maybe<Orchestration>;
};

export type BreakGlassPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  readonly breakGlass: Maybe<BreakGlass>;
};

export type FlagPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  readonly flag: Maybe<Flag>;
};

export type PolicyChangePayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** Null when not allowed. */
  readonly status: Maybe<PolicyChangeStatus>;
  readonly policy: Maybe<PolicyRef>;
};

/** What of a person is readable no more. The entry `subject.erased` says the same in the ledger, to everyone. */
export type Erasure = {
  readonly subject: Scalars['ID']['output'];
  /** 1, or 0 when there was none: nothing was written since the last erasure. */
  readonly keys: Scalars['Int']['output'];
  /** How many values of ledger entries. */
  readonly disclosures: Scalars['Int']['output'];
};

export type EraseSubjectPayload = Governed & {
  readonly decision: Decision;
  readonly receipt: Receipt;
  /** Null when not allowed. */
  readonly erased: Maybe<Erasure>;
};

/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type Mutation = {
  readonly acknowledge: IncidentPayload;
  readonly resolve: IncidentPayload;
  readonly propose: OrchestrationPayload;
  readonly dryRun: OrchestrationPayload;
  readonly approve: OrchestrationPayload;
  readonly reject: OrchestrationPayload;
  readonly execute: OrchestrationPayload;
  readonly declareBreakGlass: BreakGlassPayload;
  readonly reviewBreakGlass: BreakGlassPayload;
  readonly setFlag: FlagPayload;
  /** The first call proposes, a second person's call with the same bundle makes it active. `countersign policy publish` does it from a folder. */
  readonly publishPolicy: PolicyChangePayload;
  /** The first call proposes, a second person's call makes it so. */
  readonly rollbackPolicy: PolicyChangePayload;
  /**
   * Makes everything that a person wrote until now unreadable, for good: reasons, comments, summaries, wherever they are kept. Their actor id stays
   * where it says who did something.
   */
  readonly eraseSubject: EraseSubjectPayload;
  /**
   * Allows the oldest entries of your tenant's ledger to leave the database for an archive that was written and checked. It moves nothing:
   * `countersign ledger archive --carry-out` does, as the owner of the database, and only what was allowed here.
   */
  readonly archiveLedger: ArchiveLedgerPayload;
  /** Has the ledger hold what a release is made of, ahead of its bundle. `ig-evidence register` does it. */
  readonly registerEvidence: RegisterEvidencePayload;
  /** Lets a release go without a requirement until a day. Not by who registered its evidence. */
  readonly waiveEvidence: WaiveEvidencePayload;
  /** The gateway verifies the whole bundle itself and keeps it. `ig-evidence publish` does it, with the uploads. */
  readonly publishEvidence: PublishEvidencePayload;
  /** Decides by the evidence that is published whether a release may go to an environment, and keeps what is current there. */
  readonly promoteRelease: PromoteReleasePayload;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationAcknowledgeArgs = {
  input: AcknowledgeInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationResolveArgs = {
  input: ResolveInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationProposeArgs = {
  input: ProposeInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationDryRunArgs = {
  input: DryRunInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationApproveArgs = {
  input: ApproveInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationRejectArgs = {
  input: RejectInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationExecuteArgs = {
  input: ExecuteInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationDeclareBreakGlassArgs = {
  input: DeclareBreakGlassInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationReviewBreakGlassArgs = {
  input: ReviewBreakGlassInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationSetFlagArgs = {
  input: SetFlagInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationPublishPolicyArgs = {
  input: PublishPolicyInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationRollbackPolicyArgs = {
  input: RollbackPolicyInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationEraseSubjectArgs = {
  input: EraseSubjectInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationArchiveLedgerArgs = {
  input: ArchiveLedgerInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationRegisterEvidenceArgs = {
  input: RegisterEvidenceInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationWaiveEvidenceArgs = {
  input: WaiveEvidenceInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationPublishEvidenceArgs = {
  input: PublishEvidenceInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/**
 * Repeating a call with the same `idempotencyKey` and input gives the same decision and does nothing twice. The key is yours:
 * 8 to 200 characters, a UUID for one.
 */
export type MutationPromoteReleaseArgs = {
  input: PromoteReleaseInput;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;




/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Governed:
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
    | ( Outcome )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Long: ResolverTypeWrapper<Scalars['Long']['output']>;
  DecisionResult: DecisionResult;
  Severity: Severity;
  IncidentStatus: IncidentStatus;
  IncidentCategory: IncidentCategory;
  OrchestrationStage: OrchestrationStage;
  OrchestrationStatus: OrchestrationStatus;
  ReceiptStatus: ReceiptStatus;
  Requirement: ResolverTypeWrapper<Requirement>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Challenge: ResolverTypeWrapper<Challenge>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  PolicyVersion: ResolverTypeWrapper<PolicyVersion>;
  Decision: ResolverTypeWrapper<DecisionModel>;
  Receipt: ResolverTypeWrapper<ReceiptModel>;
  Governed: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Governed']>;
  Viewer: ResolverTypeWrapper<Viewer>;
  Incident: ResolverTypeWrapper<IncidentModel>;
  Approval: ResolverTypeWrapper<Approval>;
  Orchestration: ResolverTypeWrapper<OrchestrationModel>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  BreakGlassVerdict: BreakGlassVerdict;
  BreakGlassReview: ResolverTypeWrapper<BreakGlassReviewModel>;
  BreakGlass: ResolverTypeWrapper<BreakGlassModel>;
  Flag: ResolverTypeWrapper<FlagModel>;
  Entry: ResolverTypeWrapper<Entry>;
  Disclosure: ResolverTypeWrapper<Disclosure>;
  InclusionProof: ResolverTypeWrapper<InclusionProof>;
  ConsistencyProof: ResolverTypeWrapper<ConsistencyProof>;
  ConsistencyProofPayload: ResolverTypeWrapper<Outcome>;
  Checkpoint: ResolverTypeWrapper<Checkpoint>;
  PolicyChangeStatus: PolicyChangeStatus;
  PolicyRef: ResolverTypeWrapper<PolicyRef>;
  PolicyActivation: ResolverTypeWrapper<ActivationModel>;
  PolicyStatus: ResolverTypeWrapper<PolicyVersionModel>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  IncidentEdge: ResolverTypeWrapper<Omit<IncidentEdge, 'node'> & { node: ResolversTypes['Incident'] }>;
  IncidentConnection: ResolverTypeWrapper<Omit<IncidentConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['IncidentEdge']> }>;
  BreakGlassEdge: ResolverTypeWrapper<Omit<BreakGlassEdge, 'node'> & { node: ResolversTypes['BreakGlass'] }>;
  BreakGlassConnection: ResolverTypeWrapper<Omit<BreakGlassConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['BreakGlassEdge']> }>;
  TimelinePayload: ResolverTypeWrapper<Outcome>;
  EntryOrder: EntryOrder;
  EntryFilter: EntryFilter;
  EntryEdge: ResolverTypeWrapper<EntryEdge>;
  EntryConnection: ResolverTypeWrapper<EntryConnection>;
  EntriesPayload: ResolverTypeWrapper<Outcome>;
  EntryProofPayload: ResolverTypeWrapper<Outcome>;
  EvidenceVerdict: EvidenceVerdict;
  EvidenceOutcome: EvidenceOutcome;
  EvidenceWaiver: ResolverTypeWrapper<EvidenceWaiver>;
  EvidenceRequirement: ResolverTypeWrapper<EvidenceRequirement>;
  EvidenceFile: ResolverTypeWrapper<EvidenceFile>;
  EvidenceBundle: ResolverTypeWrapper<EvidenceBundle>;
  EvidencePromotion: ResolverTypeWrapper<JsonObject>;
  EvidenceRelease: ResolverTypeWrapper<Omit<EvidenceRelease, 'current'> & { current: ReadonlyArray<ResolversTypes['EvidencePromotion']> }>;
  EvidenceReleaseEdge: ResolverTypeWrapper<Omit<EvidenceReleaseEdge, 'node'> & { node: ResolversTypes['EvidenceRelease'] }>;
  EvidenceReleaseConnection: ResolverTypeWrapper<JsonObject>;
  EvidenceReleasesPayload: ResolverTypeWrapper<Outcome>;
  EvidenceBundleEdge: ResolverTypeWrapper<EvidenceBundleEdge>;
  EvidenceBundleConnection: ResolverTypeWrapper<JsonObject>;
  EvidenceBundlesPayload: ResolverTypeWrapper<Outcome>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  AcknowledgeInput: AcknowledgeInput;
  ResolveInput: ResolveInput;
  ProposeInput: ProposeInput;
  DryRunInput: DryRunInput;
  ApproveInput: ApproveInput;
  RejectInput: RejectInput;
  ExecuteInput: ExecuteInput;
  DeclareBreakGlassInput: DeclareBreakGlassInput;
  ReviewBreakGlassInput: ReviewBreakGlassInput;
  SetFlagInput: SetFlagInput;
  PublishPolicyInput: PublishPolicyInput;
  EraseSubjectInput: EraseSubjectInput;
  RollbackPolicyInput: RollbackPolicyInput;
  RegisterEvidenceInput: RegisterEvidenceInput;
  WaiveEvidenceInput: WaiveEvidenceInput;
  EvidenceSignatureInput: EvidenceSignatureInput;
  PublishEvidenceInput: PublishEvidenceInput;
  PromoteReleaseInput: PromoteReleaseInput;
  EvidenceRegistration: ResolverTypeWrapper<JsonObject>;
  RegisterEvidencePayload: ResolverTypeWrapper<Outcome>;
  WaivedRequirement: ResolverTypeWrapper<JsonObject>;
  WaiveEvidencePayload: ResolverTypeWrapper<Outcome>;
  PublishedEvidence: ResolverTypeWrapper<JsonObject>;
  PublishEvidencePayload: ResolverTypeWrapper<Outcome>;
  PromoteReleasePayload: ResolverTypeWrapper<Outcome>;
  ArchiveLedgerInput: ArchiveLedgerInput;
  ArchiveLedgerPayload: ResolverTypeWrapper<Outcome>;
  IncidentPayload: ResolverTypeWrapper<Outcome>;
  OrchestrationPayload: ResolverTypeWrapper<Outcome>;
  BreakGlassPayload: ResolverTypeWrapper<Outcome>;
  FlagPayload: ResolverTypeWrapper<Outcome>;
  PolicyChangePayload: ResolverTypeWrapper<Outcome>;
  Erasure: ResolverTypeWrapper<Erasure>;
  EraseSubjectPayload: ResolverTypeWrapper<Outcome>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  JSON: Scalars['JSON']['output'];
  Long: Scalars['Long']['output'];
  Requirement: Requirement;
  ID: Scalars['ID']['output'];
  Challenge: Challenge;
  Int: Scalars['Int']['output'];
  PolicyVersion: PolicyVersion;
  Decision: DecisionModel;
  Receipt: ReceiptModel;
  Governed: ResolversInterfaceTypes<ResolversParentTypes>['Governed'];
  Viewer: Viewer;
  Incident: IncidentModel;
  Approval: Approval;
  Orchestration: OrchestrationModel;
  Boolean: Scalars['Boolean']['output'];
  BreakGlassReview: BreakGlassReviewModel;
  BreakGlass: BreakGlassModel;
  Flag: FlagModel;
  Entry: Entry;
  Disclosure: Disclosure;
  InclusionProof: InclusionProof;
  ConsistencyProof: ConsistencyProof;
  ConsistencyProofPayload: Outcome;
  Checkpoint: Checkpoint;
  PolicyRef: PolicyRef;
  PolicyActivation: ActivationModel;
  PolicyStatus: PolicyVersionModel;
  PageInfo: PageInfo;
  IncidentEdge: Omit<IncidentEdge, 'node'> & { node: ResolversParentTypes['Incident'] };
  IncidentConnection: Omit<IncidentConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['IncidentEdge']> };
  BreakGlassEdge: Omit<BreakGlassEdge, 'node'> & { node: ResolversParentTypes['BreakGlass'] };
  BreakGlassConnection: Omit<BreakGlassConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['BreakGlassEdge']> };
  TimelinePayload: Outcome;
  EntryFilter: EntryFilter;
  EntryEdge: EntryEdge;
  EntryConnection: EntryConnection;
  EntriesPayload: Outcome;
  EntryProofPayload: Outcome;
  EvidenceWaiver: EvidenceWaiver;
  EvidenceRequirement: EvidenceRequirement;
  EvidenceFile: EvidenceFile;
  EvidenceBundle: EvidenceBundle;
  EvidencePromotion: JsonObject;
  EvidenceRelease: Omit<EvidenceRelease, 'current'> & { current: ReadonlyArray<ResolversParentTypes['EvidencePromotion']> };
  EvidenceReleaseEdge: Omit<EvidenceReleaseEdge, 'node'> & { node: ResolversParentTypes['EvidenceRelease'] };
  EvidenceReleaseConnection: JsonObject;
  EvidenceReleasesPayload: Outcome;
  EvidenceBundleEdge: EvidenceBundleEdge;
  EvidenceBundleConnection: JsonObject;
  EvidenceBundlesPayload: Outcome;
  Query: Record<PropertyKey, never>;
  AcknowledgeInput: AcknowledgeInput;
  ResolveInput: ResolveInput;
  ProposeInput: ProposeInput;
  DryRunInput: DryRunInput;
  ApproveInput: ApproveInput;
  RejectInput: RejectInput;
  ExecuteInput: ExecuteInput;
  DeclareBreakGlassInput: DeclareBreakGlassInput;
  ReviewBreakGlassInput: ReviewBreakGlassInput;
  SetFlagInput: SetFlagInput;
  PublishPolicyInput: PublishPolicyInput;
  EraseSubjectInput: EraseSubjectInput;
  RollbackPolicyInput: RollbackPolicyInput;
  RegisterEvidenceInput: RegisterEvidenceInput;
  WaiveEvidenceInput: WaiveEvidenceInput;
  EvidenceSignatureInput: EvidenceSignatureInput;
  PublishEvidenceInput: PublishEvidenceInput;
  PromoteReleaseInput: PromoteReleaseInput;
  EvidenceRegistration: JsonObject;
  RegisterEvidencePayload: Outcome;
  WaivedRequirement: JsonObject;
  WaiveEvidencePayload: Outcome;
  PublishedEvidence: JsonObject;
  PublishEvidencePayload: Outcome;
  PromoteReleasePayload: Outcome;
  ArchiveLedgerInput: ArchiveLedgerInput;
  ArchiveLedgerPayload: Outcome;
  IncidentPayload: Outcome;
  OrchestrationPayload: Outcome;
  BreakGlassPayload: Outcome;
  FlagPayload: Outcome;
  PolicyChangePayload: Outcome;
  Erasure: Erasure;
  EraseSubjectPayload: Outcome;
  Mutation: Record<PropertyKey, never>;
  String: Scalars['String']['output'];
};

export type GovernedDirectiveArgs = {
  action: Scalars['String']['input'];
};

export type GovernedDirectiveResolver<Result, Parent, ContextType = GatewayContext, Args = GovernedDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export interface LongScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Long'], any> {
  name: 'Long';
}

export type RequirementResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Requirement'] = ResolversParentTypes['Requirement']> = {
  ruleId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  effect?: Resolver<ResolversTypes['DecisionResult'], ParentType, ContextType>;
  explanation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  remedy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ChallengeResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Challenge'] = ResolversParentTypes['Challenge']> = {
  acrValues?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  maxAge?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PolicyVersionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PolicyVersion'] = ResolversParentTypes['PolicyVersion']> = {
  digest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type DecisionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Decision'] = ResolversParentTypes['Decision']> = {
  decisionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  action?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  result?: Resolver<ResolversTypes['DecisionResult'], ParentType, ContextType>;
  ruleId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  explanation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rules?: Resolver<ReadonlyArray<ResolversTypes['Requirement']>, ParentType, ContextType>;
  challenge?: Resolver<Maybe<ResolversTypes['Challenge']>, ParentType, ContextType>;
  obligations?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  policy?: Resolver<ResolversTypes['PolicyVersion'], ParentType, ContextType>;
  inputDigest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tenant?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  purpose?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ts?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  micros?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ReceiptResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Receipt'] = ResolversParentTypes['Receipt']> = {
  status?: Resolver<ResolversTypes['ReceiptStatus'], ParentType, ContextType>;
  log?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  entryId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seq?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  leafHash?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type GovernedResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Governed'] = ResolversParentTypes['Governed']> = {
  __resolveType: TypeResolveFn<'ConsistencyProofPayload' | 'TimelinePayload' | 'EntriesPayload' | 'EntryProofPayload' | 'EvidenceReleasesPayload' | 'EvidenceBundlesPayload' | 'RegisterEvidencePayload' | 'WaiveEvidencePayload' | 'PublishEvidencePayload' | 'PromoteReleasePayload' | 'ArchiveLedgerPayload' | 'IncidentPayload' | 'OrchestrationPayload' | 'BreakGlassPayload' | 'FlagPayload' | 'PolicyChangePayload' | 'EraseSubjectPayload', ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  tenant?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  roles?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  purposes?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type IncidentResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Incident'] = ResolversParentTypes['Incident']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['IncidentStatus'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['Severity'], ParentType, ContextType>;
  category?: Resolver<ResolversTypes['IncidentCategory'], ParentType, ContextType>;
  region?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  detectedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  acknowledgedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  acknowledgedBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  resolvedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  resolvedBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  orchestrations?: Resolver<ReadonlyArray<ResolversTypes['Orchestration']>, ParentType, ContextType>;
};

export type ApprovalResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Approval'] = ResolversParentTypes['Approval']> = {
  actor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  planHash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type OrchestrationResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Orchestration'] = ResolversParentTypes['Orchestration']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  incident?: Resolver<ResolversTypes['Incident'], ParentType, ContextType>;
  stage?: Resolver<ResolversTypes['OrchestrationStage'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['OrchestrationStatus'], ParentType, ContextType>;
  adapter?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  simulated?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  operation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  targets?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  parameters?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  justification?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  proposedBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  proposedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  difference?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  dryRunPassed?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  dryRunAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  planHash?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  approvals?: Resolver<ReadonlyArray<ResolversTypes['Approval']>, ParentType, ContextType>;
  executedBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  executedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  outcome?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
};

export type BreakGlassReviewResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['BreakGlassReview'] = ResolversParentTypes['BreakGlassReview']> = {
  reviewer?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  verdict?: Resolver<ResolversTypes['BreakGlassVerdict'], ParentType, ContextType>;
  comment?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reviewedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type BreakGlassResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['BreakGlass'] = ResolversParentTypes['BreakGlass']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  incident?: Resolver<ResolversTypes['Incident'], ParentType, ContextType>;
  declaredBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  justification?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  declaredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  active?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reviewed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reviews?: Resolver<ReadonlyArray<ResolversTypes['BreakGlassReview']>, ParentType, ContextType>;
};

export type FlagResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Flag'] = ResolversParentTypes['Flag']> = {
  key?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  enabled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  rateLimit?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  setBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  setAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type EntryResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Entry'] = ResolversParentTypes['Entry']> = {
  seq?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  entryId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  ts?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  subject?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  result?: Resolver<Maybe<ResolversTypes['DecisionResult']>, ParentType, ContextType>;
  ruleId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  leafHash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  prev?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  data?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type DisclosureResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Disclosure'] = ResolversParentTypes['Disclosure']> = {
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  salt?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type InclusionProofResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['InclusionProof'] = ResolversParentTypes['InclusionProof']> = {
  leaf?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seq?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  checkpoint?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  verifierKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tlogProof?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  disclosures?: Resolver<ReadonlyArray<ResolversTypes['Disclosure']>, ParentType, ContextType>;
};

export type ConsistencyProofResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['ConsistencyProof'] = ResolversParentTypes['ConsistencyProof']> = {
  from?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  checkpoint?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ConsistencyProofPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['ConsistencyProofPayload'] = ResolversParentTypes['ConsistencyProofPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  proof?: Resolver<Maybe<ResolversTypes['ConsistencyProof']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CheckpointResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Checkpoint'] = ResolversParentTypes['Checkpoint']> = {
  size?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  note?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  verifierKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PolicyRefResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PolicyRef'] = ResolversParentTypes['PolicyRef']> = {
  digest?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  serial?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PolicyActivationResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PolicyActivation'] = ResolversParentTypes['PolicyActivation']> = {
  policy?: Resolver<ResolversTypes['PolicyRef'], ParentType, ContextType>;
  action?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  proposedBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  confirmedBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type PolicyStatusResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PolicyStatus'] = ResolversParentTypes['PolicyStatus']> = {
  active?: Resolver<ResolversTypes['PolicyRef'], ParentType, ContextType>;
  builtIn?: Resolver<ResolversTypes['PolicyRef'], ParentType, ContextType>;
  activations?: Resolver<ReadonlyArray<ResolversTypes['PolicyActivation']>, ParentType, ContextType, RequireFields<PolicyStatusActivationsArgs, 'first'>>;
};

export type PageInfoResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type IncidentEdgeResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['IncidentEdge'] = ResolversParentTypes['IncidentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Incident'], ParentType, ContextType>;
};

export type IncidentConnectionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['IncidentConnection'] = ResolversParentTypes['IncidentConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['IncidentEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type BreakGlassEdgeResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['BreakGlassEdge'] = ResolversParentTypes['BreakGlassEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['BreakGlass'], ParentType, ContextType>;
};

export type BreakGlassConnectionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['BreakGlassConnection'] = ResolversParentTypes['BreakGlassConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['BreakGlassEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type TimelinePayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['TimelinePayload'] = ResolversParentTypes['TimelinePayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  entries?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Entry']>>, ParentType, ContextType>;
  archivedBefore?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type EntryEdgeResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EntryEdge'] = ResolversParentTypes['EntryEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Entry'], ParentType, ContextType>;
};

export type EntryConnectionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EntryConnection'] = ResolversParentTypes['EntryConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['EntryEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  archivedBefore?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
};

export type EntriesPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EntriesPayload'] = ResolversParentTypes['EntriesPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  page?: Resolver<Maybe<ResolversTypes['EntryConnection']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type EntryProofPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EntryProofPayload'] = ResolversParentTypes['EntryProofPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  proof?: Resolver<Maybe<ResolversTypes['InclusionProof']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type EvidenceWaiverResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceWaiver'] = ResolversParentTypes['EvidenceWaiver']> = {
  owner?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type EvidenceRequirementResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceRequirement'] = ResolversParentTypes['EvidenceRequirement']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['EvidenceOutcome'], ParentType, ContextType>;
  detail?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  obtain?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  waiver?: Resolver<Maybe<ResolversTypes['EvidenceWaiver']>, ParentType, ContextType>;
};

export type EvidenceFileResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceFile'] = ResolversParentTypes['EvidenceFile']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  digest?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Long'], ParentType, ContextType>;
  mediaType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  heldBy?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type EvidenceBundleResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceBundle'] = ResolversParentTypes['EvidenceBundle']> = {
  manifest?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  release?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  parent?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  verdict?: Resolver<ResolversTypes['EvidenceVerdict'], ParentType, ContextType>;
  requirements?: Resolver<ReadonlyArray<ResolversTypes['EvidenceRequirement']>, ParentType, ContextType>;
  missing?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  publishedBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  publishedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  files?: Resolver<ReadonlyArray<ResolversTypes['EvidenceFile']>, ParentType, ContextType>;
};

export type EvidencePromotionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidencePromotion'] = ResolversParentTypes['EvidencePromotion']> = {
  environment?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  release?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  manifest?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  promotedBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  promotedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type EvidenceReleaseResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceRelease'] = ResolversParentTypes['EvidenceRelease']> = {
  release?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  newest?: Resolver<ResolversTypes['EvidenceBundle'], ParentType, ContextType>;
  current?: Resolver<ReadonlyArray<ResolversTypes['EvidencePromotion']>, ParentType, ContextType>;
};

export type EvidenceReleaseEdgeResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceReleaseEdge'] = ResolversParentTypes['EvidenceReleaseEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['EvidenceRelease'], ParentType, ContextType>;
};

export type EvidenceReleaseConnectionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceReleaseConnection'] = ResolversParentTypes['EvidenceReleaseConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['EvidenceReleaseEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type EvidenceReleasesPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceReleasesPayload'] = ResolversParentTypes['EvidenceReleasesPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  page?: Resolver<Maybe<ResolversTypes['EvidenceReleaseConnection']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type EvidenceBundleEdgeResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceBundleEdge'] = ResolversParentTypes['EvidenceBundleEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['EvidenceBundle'], ParentType, ContextType>;
};

export type EvidenceBundleConnectionResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceBundleConnection'] = ResolversParentTypes['EvidenceBundleConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['EvidenceBundleEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type EvidenceBundlesPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceBundlesPayload'] = ResolversParentTypes['EvidenceBundlesPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  page?: Resolver<Maybe<ResolversTypes['EvidenceBundleConnection']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type QueryResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
  incident?: Resolver<Maybe<ResolversTypes['Incident']>, ParentType, ContextType, RequireFields<QueryIncidentArgs, 'id'>>;
  incidents?: Resolver<ResolversTypes['IncidentConnection'], ParentType, ContextType, RequireFields<QueryIncidentsArgs, 'first'>>;
  orchestration?: Resolver<Maybe<ResolversTypes['Orchestration']>, ParentType, ContextType, RequireFields<QueryOrchestrationArgs, 'id'>>;
  breakGlass?: Resolver<Maybe<ResolversTypes['BreakGlass']>, ParentType, ContextType, RequireFields<QueryBreakGlassArgs, 'id'>>;
  breakGlasses?: Resolver<ResolversTypes['BreakGlassConnection'], ParentType, ContextType, RequireFields<QueryBreakGlassesArgs, 'first'>>;
  flags?: Resolver<ReadonlyArray<ResolversTypes['Flag']>, ParentType, ContextType>;
  policy?: Resolver<ResolversTypes['PolicyStatus'], ParentType, ContextType>;
  receipt?: Resolver<Maybe<ResolversTypes['Receipt']>, ParentType, ContextType, RequireFields<QueryReceiptArgs, 'entryId'>>;
  checkpoint?: Resolver<Maybe<ResolversTypes['Checkpoint']>, ParentType, ContextType>;
  timeline?: Resolver<ResolversTypes['TimelinePayload'], ParentType, ContextType, RequireFields<QueryTimelineArgs, 'subject' | 'after' | 'first'>>;
  entries?: Resolver<ResolversTypes['EntriesPayload'], ParentType, ContextType, Partial<QueryEntriesArgs>>;
  entryProof?: Resolver<ResolversTypes['EntryProofPayload'], ParentType, ContextType, RequireFields<QueryEntryProofArgs, 'entryId'>>;
  consistencyProof?: Resolver<ResolversTypes['ConsistencyProofPayload'], ParentType, ContextType, RequireFields<QueryConsistencyProofArgs, 'from'>>;
  evidenceReleases?: Resolver<ResolversTypes['EvidenceReleasesPayload'], ParentType, ContextType, RequireFields<QueryEvidenceReleasesArgs, 'first'>>;
  evidenceBundles?: Resolver<ResolversTypes['EvidenceBundlesPayload'], ParentType, ContextType, RequireFields<QueryEvidenceBundlesArgs, 'release' | 'first'>>;
};

export type EvidenceRegistrationResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EvidenceRegistration'] = ResolversParentTypes['EvidenceRegistration']> = {
  release?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  content?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type RegisterEvidencePayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['RegisterEvidencePayload'] = ResolversParentTypes['RegisterEvidencePayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  registration?: Resolver<Maybe<ResolversTypes['EvidenceRegistration']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type WaivedRequirementResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['WaivedRequirement'] = ResolversParentTypes['WaivedRequirement']> = {
  release?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  requirement?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type WaiveEvidencePayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['WaiveEvidencePayload'] = ResolversParentTypes['WaiveEvidencePayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  waiver?: Resolver<Maybe<ResolversTypes['WaivedRequirement']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PublishedEvidenceResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PublishedEvidence'] = ResolversParentTypes['PublishedEvidence']> = {
  manifest?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  release?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  verdict?: Resolver<ResolversTypes['EvidenceVerdict'], ParentType, ContextType>;
  first?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type PublishEvidencePayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PublishEvidencePayload'] = ResolversParentTypes['PublishEvidencePayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  published?: Resolver<Maybe<ResolversTypes['PublishedEvidence']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PromoteReleasePayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PromoteReleasePayload'] = ResolversParentTypes['PromoteReleasePayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  promotion?: Resolver<Maybe<ResolversTypes['EvidencePromotion']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ArchiveLedgerPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['ArchiveLedgerPayload'] = ResolversParentTypes['ArchiveLedgerPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  beforeSeq?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  manifestDigest?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IncidentPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['IncidentPayload'] = ResolversParentTypes['IncidentPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  incident?: Resolver<Maybe<ResolversTypes['Incident']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OrchestrationPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['OrchestrationPayload'] = ResolversParentTypes['OrchestrationPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  orchestration?: Resolver<Maybe<ResolversTypes['Orchestration']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BreakGlassPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['BreakGlassPayload'] = ResolversParentTypes['BreakGlassPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  breakGlass?: Resolver<Maybe<ResolversTypes['BreakGlass']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FlagPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['FlagPayload'] = ResolversParentTypes['FlagPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  flag?: Resolver<Maybe<ResolversTypes['Flag']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PolicyChangePayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['PolicyChangePayload'] = ResolversParentTypes['PolicyChangePayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['PolicyChangeStatus']>, ParentType, ContextType>;
  policy?: Resolver<Maybe<ResolversTypes['PolicyRef']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ErasureResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Erasure'] = ResolversParentTypes['Erasure']> = {
  subject?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  keys?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  disclosures?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type EraseSubjectPayloadResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['EraseSubjectPayload'] = ResolversParentTypes['EraseSubjectPayload']> = {
  decision?: Resolver<ResolversTypes['Decision'], ParentType, ContextType>;
  receipt?: Resolver<ResolversTypes['Receipt'], ParentType, ContextType>;
  erased?: Resolver<Maybe<ResolversTypes['Erasure']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = GatewayContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  acknowledge?: Resolver<ResolversTypes['IncidentPayload'], ParentType, ContextType, RequireFields<MutationAcknowledgeArgs, 'input'>>;
  resolve?: Resolver<ResolversTypes['IncidentPayload'], ParentType, ContextType, RequireFields<MutationResolveArgs, 'input'>>;
  propose?: Resolver<ResolversTypes['OrchestrationPayload'], ParentType, ContextType, RequireFields<MutationProposeArgs, 'input'>>;
  dryRun?: Resolver<ResolversTypes['OrchestrationPayload'], ParentType, ContextType, RequireFields<MutationDryRunArgs, 'input'>>;
  approve?: Resolver<ResolversTypes['OrchestrationPayload'], ParentType, ContextType, RequireFields<MutationApproveArgs, 'input'>>;
  reject?: Resolver<ResolversTypes['OrchestrationPayload'], ParentType, ContextType, RequireFields<MutationRejectArgs, 'input'>>;
  execute?: Resolver<ResolversTypes['OrchestrationPayload'], ParentType, ContextType, RequireFields<MutationExecuteArgs, 'input'>>;
  declareBreakGlass?: Resolver<ResolversTypes['BreakGlassPayload'], ParentType, ContextType, RequireFields<MutationDeclareBreakGlassArgs, 'input'>>;
  reviewBreakGlass?: Resolver<ResolversTypes['BreakGlassPayload'], ParentType, ContextType, RequireFields<MutationReviewBreakGlassArgs, 'input'>>;
  setFlag?: Resolver<ResolversTypes['FlagPayload'], ParentType, ContextType, RequireFields<MutationSetFlagArgs, 'input'>>;
  publishPolicy?: Resolver<ResolversTypes['PolicyChangePayload'], ParentType, ContextType, RequireFields<MutationPublishPolicyArgs, 'input'>>;
  rollbackPolicy?: Resolver<ResolversTypes['PolicyChangePayload'], ParentType, ContextType, RequireFields<MutationRollbackPolicyArgs, 'input'>>;
  eraseSubject?: Resolver<ResolversTypes['EraseSubjectPayload'], ParentType, ContextType, RequireFields<MutationEraseSubjectArgs, 'input'>>;
  archiveLedger?: Resolver<ResolversTypes['ArchiveLedgerPayload'], ParentType, ContextType, RequireFields<MutationArchiveLedgerArgs, 'input'>>;
  registerEvidence?: Resolver<ResolversTypes['RegisterEvidencePayload'], ParentType, ContextType, RequireFields<MutationRegisterEvidenceArgs, 'input'>>;
  waiveEvidence?: Resolver<ResolversTypes['WaiveEvidencePayload'], ParentType, ContextType, RequireFields<MutationWaiveEvidenceArgs, 'input'>>;
  publishEvidence?: Resolver<ResolversTypes['PublishEvidencePayload'], ParentType, ContextType, RequireFields<MutationPublishEvidenceArgs, 'input'>>;
  promoteRelease?: Resolver<ResolversTypes['PromoteReleasePayload'], ParentType, ContextType, RequireFields<MutationPromoteReleaseArgs, 'input'>>;
};

export type Resolvers<ContextType = GatewayContext> = {
  DateTime?: GraphQLScalarType;
  JSON?: GraphQLScalarType;
  Long?: GraphQLScalarType;
  Requirement?: RequirementResolvers<ContextType>;
  Challenge?: ChallengeResolvers<ContextType>;
  PolicyVersion?: PolicyVersionResolvers<ContextType>;
  Decision?: DecisionResolvers<ContextType>;
  Receipt?: ReceiptResolvers<ContextType>;
  Governed?: GovernedResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
  Incident?: IncidentResolvers<ContextType>;
  Approval?: ApprovalResolvers<ContextType>;
  Orchestration?: OrchestrationResolvers<ContextType>;
  BreakGlassReview?: BreakGlassReviewResolvers<ContextType>;
  BreakGlass?: BreakGlassResolvers<ContextType>;
  Flag?: FlagResolvers<ContextType>;
  Entry?: EntryResolvers<ContextType>;
  Disclosure?: DisclosureResolvers<ContextType>;
  InclusionProof?: InclusionProofResolvers<ContextType>;
  ConsistencyProof?: ConsistencyProofResolvers<ContextType>;
  ConsistencyProofPayload?: ConsistencyProofPayloadResolvers<ContextType>;
  Checkpoint?: CheckpointResolvers<ContextType>;
  PolicyRef?: PolicyRefResolvers<ContextType>;
  PolicyActivation?: PolicyActivationResolvers<ContextType>;
  PolicyStatus?: PolicyStatusResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  IncidentEdge?: IncidentEdgeResolvers<ContextType>;
  IncidentConnection?: IncidentConnectionResolvers<ContextType>;
  BreakGlassEdge?: BreakGlassEdgeResolvers<ContextType>;
  BreakGlassConnection?: BreakGlassConnectionResolvers<ContextType>;
  TimelinePayload?: TimelinePayloadResolvers<ContextType>;
  EntryEdge?: EntryEdgeResolvers<ContextType>;
  EntryConnection?: EntryConnectionResolvers<ContextType>;
  EntriesPayload?: EntriesPayloadResolvers<ContextType>;
  EntryProofPayload?: EntryProofPayloadResolvers<ContextType>;
  EvidenceWaiver?: EvidenceWaiverResolvers<ContextType>;
  EvidenceRequirement?: EvidenceRequirementResolvers<ContextType>;
  EvidenceFile?: EvidenceFileResolvers<ContextType>;
  EvidenceBundle?: EvidenceBundleResolvers<ContextType>;
  EvidencePromotion?: EvidencePromotionResolvers<ContextType>;
  EvidenceRelease?: EvidenceReleaseResolvers<ContextType>;
  EvidenceReleaseEdge?: EvidenceReleaseEdgeResolvers<ContextType>;
  EvidenceReleaseConnection?: EvidenceReleaseConnectionResolvers<ContextType>;
  EvidenceReleasesPayload?: EvidenceReleasesPayloadResolvers<ContextType>;
  EvidenceBundleEdge?: EvidenceBundleEdgeResolvers<ContextType>;
  EvidenceBundleConnection?: EvidenceBundleConnectionResolvers<ContextType>;
  EvidenceBundlesPayload?: EvidenceBundlesPayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  EvidenceRegistration?: EvidenceRegistrationResolvers<ContextType>;
  RegisterEvidencePayload?: RegisterEvidencePayloadResolvers<ContextType>;
  WaivedRequirement?: WaivedRequirementResolvers<ContextType>;
  WaiveEvidencePayload?: WaiveEvidencePayloadResolvers<ContextType>;
  PublishedEvidence?: PublishedEvidenceResolvers<ContextType>;
  PublishEvidencePayload?: PublishEvidencePayloadResolvers<ContextType>;
  PromoteReleasePayload?: PromoteReleasePayloadResolvers<ContextType>;
  ArchiveLedgerPayload?: ArchiveLedgerPayloadResolvers<ContextType>;
  IncidentPayload?: IncidentPayloadResolvers<ContextType>;
  OrchestrationPayload?: OrchestrationPayloadResolvers<ContextType>;
  BreakGlassPayload?: BreakGlassPayloadResolvers<ContextType>;
  FlagPayload?: FlagPayloadResolvers<ContextType>;
  PolicyChangePayload?: PolicyChangePayloadResolvers<ContextType>;
  Erasure?: ErasureResolvers<ContextType>;
  EraseSubjectPayload?: EraseSubjectPayloadResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = GatewayContext> = {
  governed?: GovernedDirectiveResolver<any, any, ContextType>;
};
