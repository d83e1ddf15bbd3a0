import type { ReadBundle } from '../read/read-bundle.ts';
import { type Check, check, ensure } from '../report.ts';
import type { SourceCheck } from '../source/source.ts';

const whenItHolds: Readonly<Record<SourceCheck, string>> = {
  'archive.whole': 'complete to its last byte',
  'archive.name': 'names in one folder, in order',
  'archive.type': 'regular files only',
  'archive.size': 'as large as they say',
  'files.plain': 'regular files with plain names',
};

/** What reading the place found. */
export function checkSource({ source, refusals }: ReadBundle): Check[] {
  return source.checks.map((name) =>
    check(name, name.startsWith('archive') ? 'archive' : 'folder', () => {
      const reasons = refusals.filter((refusal) => refusal.check === name).map(({ reason }) => reason);
      ensure(reasons.length === 0, reasons.slice(0, 8).join('; '));
      return whenItHolds[name];
    }),
  );
}

/** Nothing is said of what could not be read to its end. */
export function endsEarly({ refusals }: ReadBundle): boolean {
  return refusals.some(({ final }) => final);
}
