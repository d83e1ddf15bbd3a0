import type { AnyCommand } from '../../govern/index.ts';
import { declareBreakGlass, reviewBreakGlass } from '../break-glass/index.ts';
import type { Classification } from '../classification.ts';
import { acknowledge } from './acknowledge.ts';
import { approve } from './approve.ts';
import { dryRun } from './dry-run.ts';
import { execute } from './execute.ts';
import type { IncidentParts } from './parts.ts';
import { propose } from './propose.ts';
import { receiveAlert } from './receive-alert.ts';
import { recordDryRun } from './record-dry-run.ts';
import { recordOutcome } from './record-outcome.ts';
import { reject } from './reject.ts';
import { resolve } from './resolve.ts';
import type { RunJobs } from './runs.ts';

/** Everything that can be done to an incident, its alerts and its remedies. */
export function incidentCommands(parts: IncidentParts, jobs: RunJobs, classification: Classification): readonly AnyCommand[] {
  return [
    receiveAlert(classification),
    acknowledge,
    resolve,
    propose(parts),
    dryRun(jobs),
    recordDryRun,
    approve,
    reject,
    execute(parts, jobs),
    recordOutcome,
    declareBreakGlass,
    reviewBreakGlass,
  ];
}
