import { z } from 'zod';
import { parseAs } from '../form.ts';
import { ensure } from '../report.ts';
import type { DocumentReader } from './kind.ts';
import { instant, latestOf } from './times.ts';

const rule = z.looseObject({
  id: z.string(),
  defaultConfiguration: z.looseObject({ level: z.string().optional() }).optional(),
  properties: z.looseObject({ 'security-severity': z.union([z.string(), z.number()]).optional() }).optional(),
});
const component = z.looseObject({ rules: z.array(rule).optional() });
const index = z.int().min(-1).optional();
const result = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: index,
  rule: z.looseObject({ id: z.string().optional(), index, toolComponent: z.looseObject({ index }).optional() }).optional(),
  kind: z.string().optional(),
  level: z.string().optional(),
  suppressions: z.array(z.looseObject({ status: z.string().optional() })).optional(),
});
const run = z.looseObject({
  tool: z.looseObject({ driver: component, extensions: z.array(component).optional() }),
  results: z.array(result),
  invocations: z.array(z.looseObject({ executionSuccessful: z.boolean(), endTimeUtc: instant.optional() })).optional(),
});
const sarif = z.looseObject({ version: z.literal('2.1.0'), runs: z.array(run).min(1) });
type Run = z.infer<typeof run>;
type Result = z.infer<typeof result>;
type Rule = z.infer<typeof rule>;
type Severity = 'critical' | 'high' | 'medium' | 'low' | 'suppressed';

/** https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export const readSarif: DocumentReader = (document) => {
  const { runs } = parseAs(sarif, document);
  const invocations = runs.flatMap((item) => item.invocations ?? []);
  ensure(
    invocations.every(({ executionSuccessful }) => executionSuccessful),
    'it is of a run that failed',
  );
  const severities = runs.flatMap((item) => item.results.map((found) => severityOf(found, item)));
  const countOf = (wanted: Severity) => severities.filter((severity) => severity === wanted).length;
  const [critical, high, medium, low] = [countOf('critical'), countOf('high'), countOf('medium'), countOf('low')];
  return {
    summary: { results: severities.length, critical, high, medium, low, suppressed: countOf('suppressed') },
    passed: critical === 0,
    madeAt: latestOf(invocations.map(({ endTimeUtc }) => endTimeUtc)),
  };
};

function severityOf(found: Result, of: Run): Severity {
  if (isSuppressed(found)) return 'suppressed';
  const described = ruleOf(found, of);
  const score = Number(described?.properties?.['security-severity'] ?? Number.NaN);
  return Number.isNaN(score) ? severityOfLevel(levelOf(found, described)) : severityOfScore(score);
}

function severityOfScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

/** §3.27.10: what is not a failure has none, and a level that nobody gives is `warning`. */
function levelOf({ level, kind = 'fail' }: Result, described: Rule | undefined): string {
  return level ?? (kind === 'fail' ? (described?.defaultConfiguration?.level ?? 'warning') : 'none');
}

function severityOfLevel(level: string): Severity {
  if (level === 'error') return 'high';
  return level === 'warning' ? 'medium' : 'low';
}

/** §3.27.23. One that was only proposed, or refused, suppresses nothing. */
function isSuppressed({ suppressions = [] }: Result): boolean {
  return suppressions.length > 0 && suppressions.every(({ status = 'accepted' }) => status === 'accepted');
}

/** §3.52: by its place in the driver or in an extension, else by its id, of which `id/more` is a case. */
function ruleOf({ ruleId, ruleIndex, rule: reference }: Result, { tool }: Run): Rule | undefined {
  const place = ruleIndex ?? reference?.index ?? -1;
  const extension = reference?.toolComponent?.index ?? -1;
  if (place >= 0) return (extension < 0 ? tool.driver : tool.extensions?.[extension])?.rules?.[place];
  const rules = [tool.driver, ...(tool.extensions ?? [])].flatMap((part) => part.rules ?? []);
  const id = ruleId ?? reference?.id ?? '';
  return rules.find((item) => item.id === id) ?? rules.find((item) => id.startsWith(`${item.id}/`));
}
