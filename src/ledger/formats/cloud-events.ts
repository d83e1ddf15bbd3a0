import { isJsonObject, type JsonObject } from '../../core/index.ts';
import { LedgerError } from '../errors.ts';
import type { EntryFormat } from './format.ts';

/**
 * CloudEvents 1.0 in the JSON format, an event a line (https://github.com/cloudevents/spec). `source` is the log's origin and `id` the entry's
 * id, so that together they name it everywhere. `data` is the whole leaf, byte for byte. `ledgerseq` is text: integers of CloudEvents end at 2^31.
 */
export function cloudEvents(origin: string): EntryFormat {
  return {
    head: '',
    write: ({ seq, body }) => {
      const leaf: unknown = JSON.parse(body.toString('utf8'));
      if (!isJsonObject(leaf)) throw malformed(seq);
      // Written around the body and not with it, so that its bytes stay as they are.
      return `${JSON.stringify(attributes(origin, leaf, seq)).slice(0, -1)},"data":${body.toString('utf8')}}\n`;
    },
  };
}

function attributes(origin: string, { id, type, subject, ts, log }: JsonObject, seq: number): JsonObject {
  return {
    specversion: '1.0',
    id: id ?? null,
    source: origin,
    type: type ?? null,
    subject: subject ?? null,
    time: ts ?? null,
    datacontenttype: 'application/json',
    ledgerlog: log ?? null,
    ledgerseq: String(seq),
  };
}

function malformed(seq: number): LedgerError {
  return new LedgerError('ledger.inconsistent', `entry ${seq} is not what an entry is`, {
    remedy: 'verify the log with `countersign ledger verify`',
  });
}
