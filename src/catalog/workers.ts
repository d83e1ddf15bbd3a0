import { serviceActor, serviceContext } from '../auth/index.ts';
import type { Kernel } from '../govern/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Database } from '../storage/index.ts';
import { type ExpireJob, expireQueue, KEEP_SECONDS } from './commands/expire.ts';
import { findBlob, findFile, isPublished } from './file-rows.ts';
import type { CatalogParts } from './parts.ts';
import { forget } from './transfer.ts';

export type CatalogWorkerParts = Pick<CatalogParts, 'database' | 'files' | 'clock'> & { readonly jobs: Jobs; readonly kernel: Kernel };

/** How long a stop waits for a removal; it is done again otherwise. */
const REST_MILLISECONDS = 10_000;

/** Looks at each blob a week after it was begun. */
export async function startCatalogWorkers(parts: CatalogWorkerParts): Promise<() => Promise<void>> {
  await parts.jobs.work(expireQueue, (job) => expire(parts, job));
  return () => parts.jobs.rest(expireQueue, REST_MILLISECONDS);
}

/**
 * What is published stays, and so does what came again since. A file that nobody published goes by a decision; bytes that never were a file,
 * for their upload was cut off with its process, just go. Done again after a crash, it goes on where it was.
 */
export async function expire(parts: Omit<CatalogWorkerParts, 'jobs'> & { jobs: Pick<Jobs, 'enqueue'> }, job: ExpireJob): Promise<void> {
  const { database, jobs, clock } = parts;
  const { tenant, blob: id } = job;
  const found = await database.transaction(tenant, async (trx) => {
    const blob = await findBlob(trx, tenant, id);
    const file = blob && (await findFile(trx, tenant, blob.digest));
    const isFile = file?.blob.id === id;
    if (blob === undefined || (isFile && (await isPublished(trx, tenant, blob.digest)))) return undefined;
    const recent = isFile && file.storedAt.getTime() > clock.now().getTime() - KEEP_SECONDS * 1_000;
    if (recent) await jobs.enqueue(trx, expireQueue, job, { afterSeconds: KEEP_SECONDS });
    return recent ? undefined : { blob, isFile };
  });
  if (found === undefined) return;
  if (found.isFile && !(await isAllowed(parts, job, found.blob.digest))) await lookAgain(parts, job);
  else await forget(parts, found.blob);
}

/** Denied: it was published in between, or somebody sent it once more. A week later it is seen which. */
function lookAgain({ database, jobs }: { database: Database; jobs: Pick<Jobs, 'enqueue'> }, job: ExpireJob): Promise<void> {
  return database.transaction(job.tenant, (trx) => jobs.enqueue(trx, expireQueue, job, { afterSeconds: KEEP_SECONDS }));
}

/** A decision that could not be made is none: the job comes again. */
async function isAllowed({ kernel }: Pick<CatalogWorkerParts, 'kernel'>, { tenant }: ExpireJob, digest: string): Promise<boolean> {
  const identity = { actor: serviceActor(tenant, 'evidence'), context: serviceContext('job') };
  const { decision } = await kernel.govern('evidence.expire', { identity, args: { digest } });
  if (decision.ruleId === 'engine.fault') throw new Error(`it could not be decided: ${decision.explanation} (${decision.decisionId})`);
  return decision.result === 'ALLOW';
}
