/** How the demo speaks: numbered chapters, and what each step answered, in words. */
const color = process.stdout.isTTY === true;

function paint(code: number, text: string): string {
  return color ? `\u001b[${code}m${text}\u001b[0m` : text;
}

let chapters = 0;

export function chapter(title: string): void {
  chapters += 1;
  process.stdout.write(`\n${paint(1, `${chapters}. ${title}`)}\n`);
}

export function say(text: string): void {
  process.stdout.write(`   ${text}\n`);
}

export type ToldDecision = {
  readonly result: string;
  readonly ruleId: string;
  readonly explanation: string;
  readonly rules: readonly { readonly ruleId: string; readonly explanation: string; readonly remedy: string }[];
};

/** A decision as a person reads it: the answer, the rule, the reasons and what to do about each. */
export function tell(who: string, what: string, decision: ToldDecision): void {
  const shade = decision.result === 'ALLOW' ? 32 : decision.result === 'DENY' ? 31 : 33;
  say(`${who} ${what}: ${paint(shade, decision.result)} by ${decision.ruleId}`);
  say(`   "${decision.explanation}"`);
  for (const rule of decision.rules) say(`   → ${rule.ruleId}: ${rule.remedy}`);
}
