import { isJsonObject } from '../../core/index.ts';
import type { Kind, Summary } from './kind.ts';
import { readCobertura } from './read/cobertura.ts';
import { type Coverage, coverageReport, type Part } from './read/coverage-report.ts';
import { defineKind } from './read/define-kind.ts';
import { readIstanbul } from './read/istanbul.ts';
import { parseJson, shaped } from './read/json.ts';
import { readLcov } from './read/lcov.ts';
import { Malformed } from './read/malformed.ts';
import { byText, percentOf } from './read/quantities.ts';

export const coverage: Kind = defineKind({
  name: 'coverage',
  title: 'a coverage report',
  reads: "istanbul's `coverage-summary.json`, `lcov.info` or Cobertura XML",
  measures: ['lines', 'branches', 'functions'],
  file: 'coverage.json',
  mediaType: 'application/json',
  statement: { form: 'test-result', passed: () => true },
  read: (input) => {
    const report = shaped(readAny(input), coverageReport);
    if (report.lines.total === 0) throw new Malformed('it names no line');
    assertSum(report);
    const content = { ...report, files: fromCommonFolder(report.files) };
    return { content, summary: summarise(content) };
  },
});

function readAny(input: string): unknown {
  const start = input.trimStart();
  if (start.startsWith('<')) return readCobertura(input);
  if (!start.startsWith('{')) return readLcov(input);
  const json = parseJson(input);
  return isJsonObject(json) && 'total' in json ? readIstanbul(json) : json;
}

/** A total that is not that of its files was written by hand. */
function assertSum({ lines, files }: Coverage): void {
  const sum = (of: keyof Part) => files.reduce((all, { lines: part }) => all + part[of], 0);
  if (sum('covered') === lines.covered && sum('total') === lines.total) return;
  const said = `${lines.covered} of ${lines.total}`;
  throw new Malformed(`its files have ${sum('covered')} of ${sum('total')} lines covered, and its total says ${said}`);
}

function summarise({ lines, branches, functions }: Coverage): Summary {
  const percent = (name: string, measured: Part | null): Summary =>
    measured === null || measured.total === 0 ? {} : { [name]: percentOf(measured.covered, measured.total) };
  return { ...percent('lines', lines), ...percent('branches', branches), ...percent('functions', functions) };
}

/** Absolute paths tell where the tests ran, which is not the same everywhere: the folder that they have in common goes. */
function fromCommonFolder(files: Coverage['files']): Coverage['files'] {
  const folders = files.map(({ file }) => file.split('/').slice(0, -1));
  const [first = []] = folders;
  const different = first.findIndex((name, depth) => folders.some((folder) => folder[depth] !== name));
  const shared = files.every(({ file }) => file.startsWith('/'))
    ? (different < 0 ? first : first.slice(0, different)).join('/').length + 1
    : 0;
  return files.map((item) => ({ ...item, file: item.file.slice(shared) })).toSorted((a, b) => byText(a.file, b.file));
}
