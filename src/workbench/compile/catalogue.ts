import { z } from 'zod';
import { ToolError } from '../errors.ts';
import { run } from '../toolchain/run.ts';
import type { Reads } from './reads.ts';

/** A rule as its METADATA describes it; what the text does not say is null. */
export type PolicyRule = {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly remedy: string | null;
  readonly precedence: number | null;
  readonly reference: string | null;
  readonly package: string;
  readonly file: string;
  /** A grant says who may; a requirement says what must hold. */
  readonly kind: 'grant' | 'requirement';
  /** What of the input it can depend on, as dotted paths without `input.`. */
  readonly reads: readonly string[];
  /** The actions on which a requirement can be unmet; absent: any. */
  readonly actions?: readonly string[];
};

const annotation = z.object({
  annotations: z.object({
    scope: z.string(),
    title: z.string().optional(),
    description: z.string().optional(),
    custom: z
      .looseObject({
        id: z.string().optional(),
        remedy: z.string().nullish(),
        precedence: z.number().nullish(),
        reference: z.string().nullish(),
      })
      .optional(),
  }),
  location: z.object({ file: z.string(), row: z.number() }),
  path: z.array(z.object({ value: z.union([z.string(), z.number()]) })),
});
type Annotation = z.infer<typeof annotation>;

const inspected = z.object({ annotations: z.array(annotation).default([]) });
const evaluated = z.object({ result: z.array(z.object({ expressions: z.array(z.object({ value: z.array(z.string()) })) })) });

/** Reads every rule that carries an id from the annotations of the policies in `folder`, in the order of their ids. */
export async function readRules(
  opa: string,
  folder: string,
  { byPackage, actions }: Pick<Reads, 'actions' | 'byPackage'>,
): Promise<PolicyRule[]> {
  const { stdout } = await run(opa, ['inspect', '--annotations', '--format', 'json', '.'], { cwd: folder });
  const parsed = inspected.safeParse(JSON.parse(stdout));
  if (!parsed.success) throw malformed(`the METADATA of a rule is not of the expected shape: ${z.prettifyError(parsed.error)}`);
  const rules = parsed.data.annotations.flatMap(toRule).map((rule) => {
    const only = rule.kind === 'requirement' ? actions.get(rule.package) : undefined;
    return { ...rule, reads: byPackage.get(rule.package) ?? [], ...(only === undefined ? {} : { actions: only }) };
  });
  return distinct(rules).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function toRule({ annotations, location, path }: Annotation): Omit<PolicyRule, 'reads'>[] {
  const { scope, title, description, custom } = annotations;
  if ((scope !== 'rule' && scope !== 'document') || custom?.id === undefined) return [];
  if (title === undefined || description === undefined) {
    throw malformed(`rule \`${custom.id}\` in \`${location.file}\` line ${location.row} has no title or no description`);
  }
  return [
    {
      id: custom.id,
      title,
      description: description.trim(),
      remedy: custom.remedy ?? null,
      precedence: custom.precedence ?? null,
      reference: custom.reference ?? null,
      package: path
        .slice(1, -1)
        .map(({ value }) => value)
        .join('.'),
      file: location.file,
      kind: path.at(-1)?.value === 'grant' ? 'grant' : 'requirement',
    },
  ];
}

/** Several bodies of a rule may repeat its metadata; two rules may not share an id. */
function distinct(rules: readonly PolicyRule[]): PolicyRule[] {
  const byId = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const earlier = byId.get(rule.id);
    if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(rule)) {
      throw malformed(`rule id \`${rule.id}\` means two things, in \`${earlier.file}\` and in \`${rule.file}\``);
    }
    byId.set(rule.id, rule);
  }
  return [...byId.values()];
}

/** The set `data.main.actions`: every action that some policy knows. */
export async function readActions(opa: string, folder: string): Promise<string[]> {
  const { stdout } = await run(opa, ['eval', '--format', 'json', '--bundle', '.', 'data.main.actions'], { cwd: folder });
  const parsed = evaluated.safeParse(JSON.parse(stdout));
  const actions = parsed.data?.result[0]?.expressions[0]?.value;
  if (actions === undefined) throw malformed('`data.main.actions` is not a set of strings');
  return actions.toSorted();
}

function malformed(message: string): ToolError {
  return new ToolError('policy.malformed', message, { remedy: 'correct the policy and run `npm run policy:build` again' });
}
