import { z } from 'zod';
import { parseAs } from '../form.ts';
import type { DocumentReader } from './kind.ts';

const rule = z.looseObject({
  id: z.string(),
  defaultConfiguration: z.looseObject({ level: z.string().optional() }).optional(),
  properties: z.looseObject({ 'security-severity': z.union([z.string(), z.number()]).optional() }).optional(),
});
const component = z.looseObject({ rules: z.array(rule).optional() });
const result = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: z.int().optional(),
  rule: z.looseObject({ id: z.string().optional(), index: z.int().optional() }).optional(),
  level: z.string().optional(),
  suppressions: z.array(z.looseObject({ status: z.string().optional() })).optional(),
});
const run = z.looseObject({
  tool: z.looseObject({ driver: component, extensions: z.array(component).optional() }),
  results: z.array(result).nullish(),
});
const sarif = z.looseObject({ version: z.literal('2.1.0'), runs: z.array(run) });
type Run = z.infer<typeof run>;
type Result = z.infer<typeof result>;
type Severity = 'critical' | 'high' | 'medium' | 'low' | 'suppressed';

/** https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export const readSarif: DocumentReader = (document) => {
  const severities = parseAs(sarif, document).runs.flatMap((item) => (item.results ?? []).map((found) => severityOf(found, item)));
  const countOf = (wanted: Severity) => severities.filter((severity) => severity === wanted).length;
  const [critical, high, medium, low] = [countOf('critical'), countOf('high'), countOf('medium'), countOf('low')];
  return {
    summary: { results: severities.length, critical, high, medium, low, suppressed: countOf('suppressed') },
    passed: critical === 0,
  };
};

function severityOf(found: Result, of: Run): Severity {
  if (isSuppressed(found)) return 'suppressed';
  const described = ruleOf(found, of);
  const score = Number(described?.properties?.['security-severity'] ?? Number.NaN);
  return Number.isNaN(score) ? severityOfLevel(found.level ?? described?.defaultConfiguration?.level) : severityOfScore(score);
}

function severityOfScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

/** §3.27.10: a level that nobody gives is `warning`. */
function severityOfLevel(level = 'warning'): Severity {
  if (level === 'error') return 'high';
  return level === 'warning' ? 'medium' : 'low';
}

/** One that was only proposed, or refused, suppresses nothing. */
function isSuppressed({ suppressions = [] }: Result): boolean {
  return suppressions.some(({ status = 'accepted' }) => status === 'accepted');
}

function ruleOf({ ruleId, ruleIndex, rule: reference }: Result, { tool }: Run) {
  const index = ruleIndex ?? reference?.index ?? -1;
  const id = ruleId ?? reference?.id;
  const rules = [tool.driver, ...(tool.extensions ?? [])].flatMap((part) => part.rules ?? []);
  const byIndex = tool.driver.rules?.[index];
  if (byIndex !== undefined && (id === undefined || byIndex.id === id)) return byIndex;
  return rules.find((item) => item.id === id);
}
