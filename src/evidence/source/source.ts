import { EvidenceError } from '../errors.ts';
import { run } from './run.ts';

/** What the release was made from. */
export type Source = {
  readonly commit: string;
  /** True when the work tree had changes that the commit does not; null when nobody could tell. */
  readonly modified: boolean | null;
  /** The moment that stands in every document: never the clock, so that the same inputs give the same bytes. */
  readonly at: Date;
};

export type SourceRequest = {
  readonly project: string;
  /** For a tree without git. */
  readonly commit: string | undefined;
  /** Seconds since the epoch (https://reproducible-builds.org/specs/source-date-epoch/); else the commit's time. */
  readonly sourceDateEpoch: string | undefined;
};

/** @throws EvidenceError `evidence.commit_unknown`, `evidence.time_unknown` */
export async function readSource({ project, commit, sourceDateEpoch }: SourceRequest): Promise<Source> {
  const at = sourceDateEpoch === undefined ? undefined : parseEpoch(sourceDateEpoch);
  if (commit !== undefined) return { commit: parseCommit(commit), modified: null, at: at ?? noTime() };
  const head = await git(project, ['log', '-1', '--format=%H %ct']);
  const [hash = '', seconds = ''] = head.trim().split(' ');
  const status = await git(project, ['status', '--porcelain']);
  return { commit: parseCommit(hash), modified: status !== '', at: at ?? parseEpoch(seconds) };
}

async function git(project: string, args: readonly string[]): Promise<string> {
  try {
    return await run('git', args, project);
  } catch (cause) {
    throw new EvidenceError('evidence.commit_unknown', `git does not know the commit of \`${project}\``, {
      cause,
      remedy: 'run in a git checkout with a commit, or give --commit and SOURCE_DATE_EPOCH',
    });
  }
}

function parseCommit(text: string): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return text;
  throw new EvidenceError('evidence.commit_unknown', `\`${text}\` is not a full commit hash`, { remedy: 'give all 40 (or 64) hex digits' });
}

/** What eleven octal digits hold, which an archive has for a time: the year 2242. */
const LATEST_SECOND = 8 ** 11 - 1;

export function parseEpoch(text: string): Date {
  if (/^\d{1,10}$/.test(text) && Number(text) <= LATEST_SECOND) return new Date(Number(text) * 1_000);
  throw new EvidenceError('evidence.time_unknown', `SOURCE_DATE_EPOCH is \`${text}\``, {
    remedy: `set it to whole seconds since 1970, ${LATEST_SECOND} at most`,
  });
}

function noTime(): never {
  throw new EvidenceError('evidence.time_unknown', 'with a given commit nothing says when it was made', {
    remedy: 'set SOURCE_DATE_EPOCH to the commit time in seconds',
  });
}
