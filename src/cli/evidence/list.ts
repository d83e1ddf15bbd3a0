import { Command } from 'commander';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import { DECISION, GatewayClient, type GatewayOptions, withGateway } from '../gateway.ts';
import { interruptible } from '../interrupt.ts';
import { print, table } from '../report.ts';
import { exitCodes, paint, printJson } from './output.ts';
import { printRefusal } from './refusal.ts';

type Options = { first: string; after?: string } & GatewayOptions;

export function listCommand(): Command {
  const command = new Command('list')
    .description('list the releases that have evidence, or the bundles of one; to look is recorded')
    .argument('[release]', 'like v1.2.3: its bundles, the newest first')
    .option('--first <number>', 'how many, at most 50', '20')
    .option('--after <cursor>', 'go on from where a page ended');
  return withGateway(command).action((release: string | undefined, options: Options) =>
    interruptible((signal) => list(release, options, signal)),
  );
}

const bundleFields = 'manifest release number verdict missing at publishedAt';
const bundle = z.object({
  manifest: z.string(),
  release: z.string(),
  number: z.number(),
  verdict: z.string(),
  missing: z.array(z.string()),
  at: z.string(),
  publishedAt: z.string(),
});
const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const releases = z.object({
  page: z
    .object({
      edges: z.array(z.object({ node: z.object({ newest: bundle, current: z.array(z.object({ environment: z.string() })) }) })),
      pageInfo,
    })
    .nullable(),
});
const bundles = z.object({ page: z.object({ edges: z.array(z.object({ node: bundle })), pageInfo }).nullable() });

// How many stands in the operation itself: the limit on its cost goes by that.
const ofAll = (first: number) => `query ($after: String) {
  asked: evidenceReleases(first: ${first}, after: $after) {
    ${DECISION} page { edges { node { newest { ${bundleFields} } current { environment } } } pageInfo { hasNextPage endCursor } }
  }
}`;
const ofOne = (first: number) => `query ($release: ID!, $after: String) {
  asked: evidenceBundles(release: $release, first: ${first}, after: $after) {
    ${DECISION} page { edges { node { ${bundleFields} } } pageInfo { hasNextPage endCursor } }
  }
}`;

type Listed = { readonly rows: readonly (z.infer<typeof bundle> & { current?: readonly string[] })[]; readonly more: string | null };

async function list(release: string | undefined, { first, after, ...options }: Options, signal: AbortSignal): Promise<void> {
  const gateway = new GatewayClient(options, signal);
  const count = parseFirst(first);
  const { decision, listed } =
    release === undefined ? await listAll(gateway, count, { after }) : await listOne(gateway, count, { after, release });
  if (listed === null) process.exitCode = exitCodes.failed;
  if (options.json === true) printJson({ decision, ...listed });
  else if (listed === null) printRefusal(decision);
  else show(listed);
}

async function listAll(gateway: GatewayClient, first: number, variables: object) {
  const { decision, rest } = await gateway.ask(ofAll(first), variables, releases);
  const rows = rest.page?.edges.map(({ node }) => ({ ...node.newest, current: node.current.map(({ environment }) => environment) }));
  return { decision, listed: rows === undefined ? null : { rows, more: moreOf(rest.page?.pageInfo) } };
}

async function listOne(gateway: GatewayClient, first: number, variables: object) {
  const { decision, rest } = await gateway.ask(ofOne(first), variables, bundles);
  const rows = rest.page?.edges.map(({ node }) => node);
  return { decision, listed: rows === undefined ? null : { rows, more: moreOf(rest.page?.pageInfo) } };
}

function parseFirst(text: string): number {
  if (/^([1-9]|[1-4]\d|50)$/.test(text)) return Number(text);
  throw new CliError('cli.invalid_option', `--first is \`${text}\``, { remedy: 'ask for 1 to 50, and go on with --after' });
}

function moreOf(info: z.infer<typeof pageInfo> | undefined): string | null {
  return info?.hasNextPage === true ? info.endCursor : null;
}

function show({ rows, more }: Listed): void {
  const heads = ['release', 'deltas', 'verdict', 'missing', 'in', 'published', 'manifest'].map((head) => paint('dim', head));
  const cells = rows.map(({ release, number, verdict, missing, current = [], publishedAt, manifest }) => {
    const judged = verdict === 'PASSED' ? paint('green', verdict) : paint('red', verdict);
    return [release, String(number), judged, missing.join(' ') || '–', current.join(' ') || '–', publishedAt, manifest];
  });
  print(table([heads, ...cells]));
  if (more !== null) process.stdout.write(`there is more: --after ${more}\n`);
}
