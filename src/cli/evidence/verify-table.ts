import type { Check, Report } from '../../evidence/verify/index.ts';
import { plain, print, table } from '../report.ts';
import { isUnmet, mark } from './outcome.ts';
import { paint } from './output.ts';

/** A report for people: what failed line by line, what holds together by check, then the contract, then the outcome. */
export function printReport({ release, manifest, ok, checks, requirements }: Report, cosign: readonly string[] | undefined): void {
  print(table(rowsOf(checks)));
  if (requirements.length > 0) {
    process.stdout.write('\n');
    print(table(requirements.map(({ id, outcome, detail }) => [mark(outcome), plain(id), plain(detail)])));
  }
  for (const { outcome, id, obtain } of requirements) {
    if (!isUnmet(outcome) || obtain === null) continue;
    process.stdout.write(`→ to have ${plain(id)}: ${plain(obtain)}\n`);
  }
  if (cosign !== undefined) process.stdout.write(`\n${cosign.map(plain).join('\n')}\n`);
  const failed = checks.filter((item) => !item.ok).length;
  const what = `${release ?? 'the bundle'}: ${checks.length} checks, ${failed} failed`;
  process.stdout.write(`\n${manifest === null ? '' : `${paint('dim', manifest)}\n`}`);
  process.stdout.write(`${ok ? paint('green', `verified ${what}`) : paint('red', `NOT verified ${what}`)}\n`);
}

/** In the order of the checks: those that hold as one row a check, each that failed as its own. */
function rowsOf(checks: readonly Check[]): string[][] {
  const rows: string[][] = [];
  for (const [name, all] of Map.groupBy(checks, (item) => item.check)) {
    const holding = all.filter((item) => item.ok);
    const [only, ...more] = holding;
    if (only !== undefined) {
      const [subject, detail] = more.length === 0 ? [only.subject, only.detail] : [`${holding.length} of ${all.length}`, ''];
      rows.push([paint('green', 'ok  '), name, plain(subject), paint('dim', plain(detail))]);
    }
    for (const { ok, subject, detail } of all) if (!ok) rows.push([paint('red', 'FAIL'), name, plain(subject), plain(detail)]);
  }
  return rows;
}
