import { CanonicalError, type Json } from '../../../core/index.ts';
import { canonicalFile } from '../../canonical-file.ts';
import { EvidenceError } from '../../errors.ts';
import type { Collected, Input, Kind, Summary } from '../kind.ts';
import { Malformed } from './malformed.ts';

/** An item that is read whole has at most so many bytes (docs/evidence-format.md, "Kinds"). */
export const MAX_ITEM_BYTES = 64 * 1024 * 1024;

/** What a kind makes of a file's text: the normalised content and what is read from it. */
export type Reading = { readonly content: Json; readonly summary: Summary; readonly madeAt?: string | null };

export type KindForm = Omit<Kind, 'collect'> & {
  /** @throws Malformed */
  readonly read: (text: string, at: Date) => Reading;
};

/** A kind out of what is special about it: size, encoding, canonical bytes and refusals are the same for all. */
export function defineKind({ read, ...kind }: KindForm): Kind {
  return {
    ...kind,
    collect: (input) => {
      try {
        return collected(read(textOf(input.bytes), input.at));
      } catch (cause) {
        if (cause instanceof Malformed || cause instanceof CanonicalError) throw refusal(kind, input, cause);
        throw cause;
      }
    },
  };
}

function collected({ content, summary, madeAt = null }: Reading): Collected {
  return { bytes: canonicalFile(content), summary, madeAt };
}

/** UTF-8 and nothing else; a byte order mark in front of it is not content. */
function textOf(bytes: Buffer): string {
  if (bytes.length > MAX_ITEM_BYTES) throw new Malformed(`it has ${bytes.length} bytes, and at most ${MAX_ITEM_BYTES} are read`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Malformed('it is not UTF-8', { cause });
  }
}

function refusal({ title, reads }: Pick<Kind, 'title' | 'reads'>, { path }: Input, cause: Error): EvidenceError {
  return new EvidenceError('evidence.item_malformed', `\`${path}\` is not ${title}: ${cause.message}`, {
    cause,
    remedy: `give ${reads}; docs/evidence-format.md says what is read`,
  });
}
