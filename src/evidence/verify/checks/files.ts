import type { Examined } from '../examined.ts';
import { listed } from '../form.ts';
import { isManifestSignature, ledgerLogs, MANIFEST, MANIFEST_SIGNATURE, partKinds } from '../names.ts';
import { ownRecords, statementFilesOf } from '../read/read-bundle.ts';
import { type Check, check, ensure } from '../report.ts';

/** Nothing missing, nothing more. */
export function checkFiles({ bundle, manifest }: Examined): Check[] {
  const records = ownRecords(manifest);
  const names = records.map(({ name }) => name);
  const due = new Set([MANIFEST, MANIFEST_SIGNATURE, ...statementFilesOf(records), ...names]);
  return [
    check('files.complete', 'bundle', () => {
      const parts = [...partKinds.keys()].filter((name) => !names.includes(name));
      // Also where they are empty: that nobody looked, or asked for erasure, is said and not left out.
      const logs = ledgerLogs.filter((kind) => !records.some((record) => record.kind === kind));
      ensure(parts.length + logs.length === 0, `the manifest does not list ${listed([...parts, ...logs])}`);
      const absent = [...due].filter((name) => !bundle.files.has(name));
      ensure(absent.length === 0, `${listed(absent)} ${absent.length === 1 ? 'is' : 'are'} not there`);
      return `${due.size} files`;
    }),
    check('files.unlisted', 'bundle', () => {
      const more = [...bundle.files].filter((name) => !due.has(name) && !isManifestSignature(name));
      ensure(more.length === 0, `nothing lists ${listed(more)}`);
      return 'no other file';
    }),
  ];
}
