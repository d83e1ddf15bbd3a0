import type { PolicyRule } from '../compile/catalogue.ts';

/** `grant`: says who may. `requirement`: says what must hold. */
export type RuleKind = 'grant' | 'requirement';

/** Grants stand behind all requirements. */
const firstGrant = 900;

/** The first requirement of a new domain stands behind those of the core. */
const firstRequirement = 100;

/** The next multiple of ten behind the domain's last rule of this kind that no rule of any domain has. */
export function nextPrecedence(rules: readonly PolicyRule[], domain: string, kind: RuleKind): number {
  const taken = new Set(rules.map(({ precedence }) => precedence ?? 0));
  const isGrant = (precedence: number) => precedence >= firstGrant;
  const own = rules
    .filter(({ id, precedence }) => id.startsWith(`${domain}.`) && isGrant(precedence ?? 0) === (kind === 'grant'))
    .map(({ precedence }) => precedence ?? 0);
  const start = own.length > 0 ? Math.floor(Math.max(...own) / 10) * 10 + 10 : kind === 'grant' ? firstGrant : firstRequirement;
  const free = (from: number): number => (taken.has(from) ? free(from + 10) : from);
  const found = free(start);
  return kind === 'requirement' && isGrant(found) ? free(firstRequirement) : found;
}
