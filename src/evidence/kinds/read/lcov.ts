import type { Coverage, Part } from './coverage-report.ts';
import { beginningOf } from './json.ts';
import { Malformed } from './malformed.ts';

type FileRecord = { readonly file: string; readonly hits: Map<string, boolean>; readonly totals: Map<string, number> };

/** Totals of a record: lines, branches and functions, each found and hit. */
const totals = /^(LF|LH|BRF|BRH|FNF|FNH):(\d+)$/;

/**
 * A tracefile of lcov (`man geninfo`): for each source `SF:`, its lines and totals, `end_of_record`.
 *
 * @throws Malformed where it is cut off, or names a source twice, as it does before `lcov -a` has merged it
 */
export function readLcov(text: string): Coverage {
  const records: FileRecord[] = [];
  let open: FileRecord | undefined;
  for (const line of text.split('\n').map((one) => one.trimEnd())) {
    if (line.startsWith('SF:')) {
      if (open !== undefined) throw new Malformed(`the record of \`${open.file}\` has no end`);
      open = { file: line.slice(3), hits: new Map(), totals: new Map() };
    } else if (line === 'end_of_record') {
      if (open === undefined) throw new Malformed('a record ends that did not begin');
      records.push(open);
      open = undefined;
    } else take(line, open);
  }
  if (open !== undefined) throw new Malformed(`the record of \`${open.file}\` has no end`);
  return toCoverage(records);
}

function take(line: string, open: FileRecord | undefined): void {
  const [, total, value] = totals.exec(line) ?? [];
  const [, number, times] = /^DA:(\d+),(\d+)(?:,.*)?$/.exec(line) ?? [];
  if (open !== undefined && total !== undefined) open.totals.set(total, Number(value));
  else if (open !== undefined && number !== undefined) open.hits.set(number, open.hits.get(number) === true || Number(times) > 0);
  else if (line !== '' && !/^(TN|VER|FN|FNDA|FNL|FNA|BRDA|MCDC|MCF|MCH):|^#/.test(line))
    throw new Malformed(`it is not a tracefile of lcov (a line begins ${beginningOf(line)})`);
}

function toCoverage(records: readonly FileRecord[]): Coverage {
  const seen = new Set<string>();
  for (const { file } of records) {
    if (seen.has(file)) throw new Malformed(`it has two records of \`${file}\`; merge them with \`lcov -a\``);
    seen.add(file);
  }
  const files = records.map((record) => ({ file: record.file, lines: linesOf(record) }));
  const sum = (of: keyof Part) => files.reduce((all, { lines }) => all + lines[of], 0);
  return {
    lines: { covered: sum('covered'), total: sum('total') },
    branches: totalOf(records, 'BRF', 'BRH'),
    functions: totalOf(records, 'FNF', 'FNH'),
    files,
  };
}

function linesOf({ file, hits, totals }: FileRecord): Part {
  const counted = { covered: [...hits.values()].filter(Boolean).length, total: hits.size };
  const said = { covered: totals.get('LH') ?? counted.covered, total: totals.get('LF') ?? counted.total };
  if (hits.size === 0 || (said.covered === counted.covered && said.total === counted.total)) return said;
  throw new Malformed(
    `the lines of \`${file}\` are ${counted.covered} of ${counted.total} covered, and its totals say ${said.covered} of ${said.total}`,
  );
}

function totalOf(records: readonly FileRecord[], found: string, hit: string): Part | null {
  const sum = (name: string) => records.reduce((all, record) => all + (record.totals.get(name) ?? 0), 0);
  return records.some((record) => record.totals.has(found)) ? { covered: sum(hit), total: sum(found) } : null;
}
