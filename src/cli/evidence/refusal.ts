import type { Decision } from '../gateway.ts';
import { plain, print, table } from '../report.ts';
import { paint } from './output.ts';

/** Why the gateway said no, each unmet requirement with what helps. */
export function printRefusal({ result, explanation, rules, challenge, decisionId }: Decision): void {
  process.stdout.write(`${paint('red', result === 'STEP_UP' ? 'not yet' : 'refused')}: ${explanation} (${decisionId})\n`);
  const cells = rules.map(({ ruleId, explanation: why, remedy }) => [ruleId, plain(why), plain(remedy)]);
  if (cells.length > 0) print(table([heads, ...cells]));
  if (challenge !== null) process.stdout.write(`sign in again with acr_values=${challenge.acrValues} max_age=${challenge.maxAge}\n`);
}

const heads = ['rule', 'why', 'what helps'].map((head) => paint('dim', head));
