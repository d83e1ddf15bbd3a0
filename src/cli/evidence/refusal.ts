import type { Decision } from './gateway.ts';
import { paint, printTable } from './output.ts';

/** Why the gateway said no, each unmet requirement with what helps. */
export function printRefusal({ result, explanation, rules, challenge, decisionId }: Decision): void {
  process.stdout.write(`${paint('red', result === 'STEP_UP' ? 'not yet' : 'refused')}: ${explanation} (${decisionId})\n`);
  if (rules.length > 0) printTable([heads, ...rules.map(({ ruleId, explanation: why, remedy }) => [ruleId, plain(why), plain(remedy)])]);
  if (challenge !== null) process.stdout.write(`sign in again with acr_values=${challenge.acrValues} max_age=${challenge.maxAge}\n`);
}

const heads = ['rule', 'why', 'what helps'].map((head) => paint('dim', head));

/** What a contract or another person wrote may not move the cursor. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}
