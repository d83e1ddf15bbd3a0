import { GovernError } from '../../govern/index.ts';
import type { GatewayContext } from '../context.ts';

/** What resolvers that show rows share: reading as the caller's tenant, and pages of them. */
type Trx = Parameters<Parameters<GatewayContext['parts']['database']['transaction']>[1]>[0];

const MAX_PAGE = 100;

/** What `work` found among the rows of the caller's own tenant; null for nothing. */
export async function inTenant<T>(
  { parts, identity }: GatewayContext,
  work: (trx: Trx, tenant: string) => Promise<T | undefined>,
): Promise<T | null> {
  const { tenant } = identity.actor;
  return (await parts.database.transaction(tenant, (trx) => work(trx, tenant))) ?? null;
}

/** A row that a foreign key promises. */
export async function existing<T>(row: Promise<T | null>): Promise<T> {
  const found = await row;
  if (found === null) throw new Error('a row that a foreign key points at is missing');
  return found;
}

/** The row that an action's result names; null when it was not allowed. */
export async function resultRow<T>(id: unknown, find: (id: string) => Promise<T | null>): Promise<T | null> {
  return typeof id === 'string' ? find(id) : null;
}

/** @throws GovernError `govern.invalid_arguments` */
export function pageSize(first: number | null | undefined): number {
  const size = first ?? 20;
  if (size >= 1 && size <= MAX_PAGE) return size;
  throw new GovernError('govern.invalid_arguments', `\`first\` is ${size}`, {
    remedy: `ask for 1 to ${MAX_PAGE} and page on with \`after\``,
  });
}

/** @throws GovernError `govern.invalid_arguments` */
export function cursor(after: string | null | undefined, isCursor: (text: string) => boolean): string | null {
  if (after === null || after === undefined || isCursor(after)) return after ?? null;
  throw new GovernError('govern.invalid_arguments', '`after` is not a cursor', { remedy: 'send the `endCursor` of the page before' });
}

export type Connection<Node> = {
  readonly edges: { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
};

/** A page of rows, one more of which may have been read to know whether there is a next page. */
export function toConnection<Node extends { readonly id: string }>(rows: readonly Node[], first: number): Connection<Node> {
  const edges = rows.slice(0, first).map((node) => ({ cursor: node.id, node }));
  const [startCursor, endCursor] = [edges.at(0)?.cursor ?? null, edges.at(-1)?.cursor ?? null];
  return { edges, pageInfo: { hasNextPage: rows.length > first, hasPreviousPage: false, startCursor, endCursor } };
}
