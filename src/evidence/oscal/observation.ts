import type { JsonObject } from '../../core/index.ts';
import type { Assessed, Item, Judged } from './assessed.ts';
import type { Mapping } from './controls.ts';

/** What every part of the document is made from. */
export type Context = {
  readonly bundle: Assessed;
  readonly mapping: Mapping;
  /** The UUID of a part of this document, by its path in it. */
  readonly uuid: (path: string) => string;
};

/** A property in our namespace. */
export function prop(name: string, value: string, more: JsonObject = {}): JsonObject {
  return { name, ns: 'https://countersign.dev/ns/oscal', value, ...more };
}

/** What was looked at for a requirement, and what was seen. */
export function observation({ bundle, uuid }: Context, requirement: Judged): JsonObject {
  const { id, outcome, detail, items } = requirement;
  const expires = expiry(requirement);
  return {
    uuid: uuid(`observation/${id}`),
    title: id,
    description: detail,
    props: [prop('requirement', id), prop('outcome', outcome)],
    methods: ['EXAMINE'],
    types: ['finding'],
    origins: [{ actors: [{ type: 'tool', 'actor-uuid': uuid('tool') }] }],
    subjects: [{ 'subject-uuid': uuid('release'), type: 'component' }],
    ...(items.length === 0 ? {} : { 'relevant-evidence': items.map((item) => evidence(uuid, item)) }),
    collected: bundle.at,
    ...(expires === undefined ? {} : { expires }),
  };
}

function evidence(uuid: Context['uuid'], { name, kind, sha256, madeAt }: Item): JsonObject {
  return {
    href: `#${uuid(`item/${name}`)}`,
    description: `\`${name}\``,
    props: [prop('kind', kind), prop('sha256', sha256), ...(madeAt === undefined ? [] : [prop('made-at', madeAt)])],
  };
}

/** When the first of the items is older than the contract allows. */
function expiry({ items, maxAgeDays }: Judged): string | undefined {
  const made = items.flatMap(({ madeAt }) => (madeAt === undefined ? [] : [Date.parse(madeAt)]));
  if (maxAgeDays === null || made.length === 0) return undefined;
  return new Date(made.reduce((first, time) => Math.min(first, time)) + maxAgeDays * 86_400_000).toISOString();
}
