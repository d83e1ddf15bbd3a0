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
const component = z.looseObject({ name: z.string(), guid: z.string().optional(), rules: z.array(rule).optional() });
const index = z.int().min(-1).optional();
const named = z.looseObject({ index, guid: z.string().optional(), name: z.string().optional() });
const result = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: index,
  rule: z.looseObject({ id: z.string().optional(), index, toolComponent: named.optional() }).optional(),
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
type Component = z.infer<typeof component>;
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

/** §3.52: by its place in the component named, else in the driver; without a place by its id, of which `id/more` is a case. */
function ruleOf({ ruleId, ruleIndex, rule: reference }: Result, { tool }: Run): Rule | undefined {
  const place = ruleIndex ?? reference?.index ?? -1;
  const components = componentsFor(reference?.toolComponent, tool);
  if (place >= 0) return components[0]?.rules?.[place];
  const rules = components.flatMap((part) => part.rules ?? []);
  const id = ruleId ?? reference?.id ?? '';
  return rules.find((item) => item.id === id) ?? rules.find((item) => id.startsWith(`${item.id}/`));
}

/** §3.54: the one that a reference is to, the driver where it says nothing; without a reference all of them, the driver first. */
function componentsFor(reference: z.infer<typeof named> | undefined, { driver, extensions = [] }: Run['tool']): readonly Component[] {
  const all = [driver, ...extensions];
  if (reference === undefined) return all;
  const { index: place = -1, guid, name } = reference;
  if (place >= 0) return extensions.slice(place, place + 1);
  const isMeant = (part: Component) => (guid === undefined || guid === part.guid) && (name === undefined || name === part.name);
  return all.filter(isMeant).slice(0, 1);
}
