import { z } from 'zod';
import { type Category, categories, type Severity, severities } from './model.ts';

const severity = z.enum(severities);
const category = z.enum(categories);

/** Labels and the values that match, all of them needed. */
const condition = z.record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]));

/** `config/incidents.yaml`: how an alert's labels become severity and category. The first rule that matches decides each. */
export const classificationSchema = z.strictObject({
  default: z.strictObject({ severity, category }),
  rules: z.array(z.strictObject({ when: condition, severity: severity.optional(), category: category.optional() })),
});
export type Classification = z.infer<typeof classificationSchema>;

export type Labels = { readonly [name: string]: string };

/** Severity and category each from the first matching rule that names it, else the default. */
export function classify(labels: Labels, classification: Classification): { severity: Severity; category: Category } {
  const matching = classification.rules.filter((rule) =>
    Object.entries(rule.when).every(([name, wanted]) => matches(labels, name, wanted)),
  );
  return {
    severity: matching.find((rule) => rule.severity !== undefined)?.severity ?? classification.default.severity,
    category: matching.find((rule) => rule.category !== undefined)?.category ?? classification.default.category,
  };
}

function matches(labels: Labels, name: string, wanted: string | readonly string[]): boolean {
  const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
  return value !== undefined && (typeof wanted === 'string' ? wanted === value : wanted.includes(value));
}
