import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Everything that `/metrics` shows. The seed's names where it gave them; ours begin `countersign_`. */
export class Metrics {
  readonly registry = new Registry();

  /** Decisions by action, result and the rule that determined them. */
  readonly decisions = new Counter({
    name: 'countersign_decisions_total',
    help: 'Decisions by action, result and determining rule',
    labelNames: ['action', 'result', 'rule'],
    registers: [this.registry],
  });

  readonly decisionSeconds = new Histogram({
    name: 'countersign_decision_duration_seconds',
    help: 'Time the policy engine takes for a decision',
    labelNames: ['action'],
    buckets: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01],
    registers: [this.registry],
  });

  readonly ledgerWaitSeconds = new Histogram({
    name: 'countersign_ledger_wait_seconds',
    help: 'Time from commit until the entry has its place in the log',
    labelNames: ['status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5],
    registers: [this.registry],
  });

  readonly ledgerFailures = new Counter({
    name: 'countersign_ledger_failures_total',
    help: 'Attempts to sequence or sign that failed and will be repeated',
    registers: [this.registry],
  });

  /** Outcome `cosigned` or `overtaken`, else the code of what went wrong (config/prometheus/witnesses.yaml). */
  readonly witnessRequests = new Counter({
    name: 'countersign_witness_requests_total',
    help: 'Checkpoints shown to a witness, by outcome',
    labelNames: ['witness', 'outcome'],
    registers: [this.registry],
  });

  readonly witnessAge = new Gauge({
    name: 'countersign_witness_age_seconds',
    help: 'For how long the newest checkpoint of a log has waited for a witness; 0 when it has its cosignature',
    labelNames: ['log', 'witness'],
    registers: [this.registry],
  });

  readonly publications = new Counter({
    name: 'countersign_ledger_publications_total',
    help: 'Checkpoints published into a folder, or refused',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  readonly erasures = new Counter({
    name: 'countersign_erasures_total',
    help: 'People whose texts were made unreadable',
    registers: [this.registry],
  });

  readonly ledgerWaiting = new Gauge({
    name: 'countersign_ledger_waiting_entries',
    help: 'Committed entries that have no place in their log yet, over all logs',
    registers: [this.registry],
  });

  readonly ledgerLagSeconds = new Gauge({
    name: 'countersign_ledger_lag_seconds',
    help: 'Age of the oldest committed entry without a place; 0 when none waits',
    registers: [this.registry],
  });

  readonly ledgerUnsignedSeconds = new Gauge({
    name: 'countersign_ledger_unsigned_seconds',
    help: 'Age of the oldest entry that no checkpoint covers; 0 when every log is signed',
    registers: [this.registry],
  });

  readonly ledgerCheckpointTime = new Gauge({
    name: 'countersign_ledger_checkpoint_timestamp_seconds',
    help: 'When the newest checkpoint of any log was signed, Unix time',
    registers: [this.registry],
  });

  readonly ledgerQuarantined = new Gauge({
    name: 'countersign_ledger_quarantined_entries',
    help: 'Committed entries that were found altered, or whose id was taken, and went to quarantine',
    registers: [this.registry],
  });

  readonly jobFailures = new Counter({
    name: 'countersign_job_failures_total',
    help: 'Jobs that failed and will be repeated up to their limit',
    registers: [this.registry],
  });

  readonly inFlight = new Gauge({
    name: 'countersign_governed_actions_in_flight',
    help: 'Governed actions under way in this process',
    registers: [this.registry],
  });

  readonly policyActivations = new Counter({
    name: 'countersign_policy_activations_total',
    help: 'Policies that this gateway took up, or refused to',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  readonly shadowDecisions = new Counter({
    name: 'countersign_shadow_decisions_total',
    help: 'Decisions that the candidate policy was asked for as well, by whether it agreed',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  /** The seed's names (seed 000, Prometheus Metrics). */
  readonly orchestrations = new Counter({
    name: 'neuralops_orchestrations_total',
    help: 'Orchestrations by stage and outcome',
    labelNames: ['stage', 'status'],
    registers: [this.registry],
  });

  readonly orchestrationSeconds = new Histogram({
    name: 'neuralops_orchestration_duration_seconds',
    help: 'Time from proposal to the end of execution',
    buckets: [1, 5, 15, 60, 300, 900, 3_600, 14_400],
    registers: [this.registry],
  });

  /** Emergencies: each is worth a person's attention (config/prometheus/break-glass.yaml). */
  readonly breakGlass = new Counter({
    name: 'countersign_break_glass_total',
    help: 'Break-glass by event: declare, use, review',
    labelNames: ['event'],
    registers: [this.registry],
  });

  readonly evidencePublished = new Counter({
    name: 'countersign_evidence_published_total',
    help: 'Bundles of evidence that were published, by verdict',
    labelNames: ['verdict'],
    registers: [this.registry],
  });

  /** config/prometheus/evidence.yaml. */
  readonly evidenceRefused = new Counter({
    name: 'countersign_evidence_promotions_refused_total',
    help: 'Promotions that were refused for what the release shows, by the rule that determined it',
    labelNames: ['rule'],
    registers: [this.registry],
  });

  readonly evidenceMissing = new Gauge({
    name: 'countersign_evidence_missing_requirements',
    help: 'Requirements that the newest release of each tenant does not meet, all together',
    registers: [this.registry],
  });

  readonly evidenceWaivedUntil = new Gauge({
    name: 'countersign_evidence_waiver_end_timestamp_seconds',
    help: 'When the first of the waivers ends that newest releases rest on, Unix time; 0 when there is none',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
