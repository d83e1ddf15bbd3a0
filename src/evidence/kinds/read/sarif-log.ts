import { z } from 'zod';
import { count } from './quantities.ts';

const level = z.enum(['none', 'note', 'warning', 'error']);
const index = z.int().min(-1).optional();
/** `9.8`, mostly as text. */
const score = z.preprocess(
  (written) => (typeof written === 'string' && /^\d+(\.\d+)?$/.test(written) ? Number(written) : written),
  z.number().min(0).max(10),
);
const rule = z.looseObject({
  id: z.string(),
  defaultConfiguration: z.looseObject({ level: level.optional() }).optional(),
  properties: z.looseObject({ 'security-severity': score.optional() }).optional(),
});
const name = z.string();
const guid = z.string().optional();
const component = z.looseObject({ name, guid, rules: z.array(rule).optional() });
const componentReference = z.looseObject({ index, name: name.optional(), guid });
const reference = z.looseObject({ id: z.string().optional(), index, toolComponent: componentReference.optional() });
const result = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: index,
  rule: reference.optional(),
  kind: z.enum(['notApplicable', 'pass', 'fail', 'review', 'open', 'informational']).optional(),
  level: level.optional(),
  message: z.looseObject({}),
  suppressions: z.array(z.looseObject({ status: z.enum(['accepted', 'underReview', 'rejected']).optional() })).optional(),
});
const run = z.looseObject({
  tool: z.looseObject({ driver: component, extensions: z.array(component).optional() }),
  invocations: z
    .array(z.looseObject({ executionSuccessful: z.boolean(), endTimeUtc: z.iso.datetime({ offset: true }).optional() }))
    .optional(),
  externalPropertyFileReferences: z.looseObject({ results: z.array(z.looseObject({ itemCount: count.optional() })).optional() }).optional(),
  results: z.array(result),
});

/** https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html: what is read, and what tells such a document from another. */
export const sarifLog = z.looseObject({ version: z.literal('2.1.0'), runs: z.array(run).min(1) });
export type Run = z.infer<typeof run>;
type Tool = Run['tool'];
type Result = z.infer<typeof result>;
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'suppressed';

/** The rule's `security-severity`, as GitHub's code scanning grades it, else the level; a suppressed result is nothing else. */
export function severityOf(found: Result, run: Run): Severity {
  if (isSuppressed(found)) return 'suppressed';
  const broken = ruleOf(found, run);
  const score = broken?.properties?.['security-severity'];
  return score === undefined ? ofLevel(levelOf(found, broken)) : ofScore(score);
}

/** §3.27.23: somebody accepted it, and nobody doubts that. */
function isSuppressed({ suppressions = [] }: Result): boolean {
  return suppressions.length > 0 && suppressions.every(({ status }) => status === undefined || status === 'accepted');
}

/** §3.52: by place in the list of its component, else by name; `CA1000/1` is a case of `CA1000`. */
function ruleOf(found: Result, { tool }: Run) {
  const named = found.rule?.toolComponent;
  const home = named === undefined ? tool.driver : componentOf(named, tool);
  const place = found.ruleIndex ?? found.rule?.index ?? -1;
  if (place >= 0) return home?.rules?.[place];
  const id = found.ruleId ?? found.rule?.id;
  const homes = named === undefined ? [tool.driver, ...(tool.extensions ?? [])] : [home];
  const all = homes.flatMap((one) => one?.rules ?? []);
  return all.find((one) => one.id === id) ?? all.find((one) => id?.startsWith(`${one.id}/`));
}

/** §3.54: an extension by its place, else any component by its guid and name; one that names nothing means the driver. */
function componentOf({ index: place = -1, guid: id, name: called }: z.infer<typeof componentReference>, { driver, extensions = [] }: Tool) {
  if (place >= 0) return extensions[place];
  return [driver, ...extensions].find((one) => (id ?? one.guid) === one.guid && (called ?? one.name) === one.name);
}

/** §3.27.10. */
function levelOf(found: Result, broken: z.infer<typeof rule> | undefined): z.infer<typeof level> {
  if (found.level !== undefined) return found.level;
  if (found.kind !== undefined && found.kind !== 'fail') return 'none';
  return broken?.defaultConfiguration?.level ?? 'warning';
}

function ofScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

function ofLevel(written: z.infer<typeof level>): Severity {
  if (written === 'error') return 'high';
  return written === 'warning' ? 'medium' : 'low';
}
