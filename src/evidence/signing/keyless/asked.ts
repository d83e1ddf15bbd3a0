import { messageOf } from '../../../core/index.ts';
import { EvidenceError } from '../../errors.ts';

/** Whatever goes wrong with a service is named with the service. @throws EvidenceError `evidence.keyless_failed` */
export async function asked<T>(service: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new EvidenceError('evidence.keyless_failed', `${service} did not do its part: ${reasonOf(cause)}`, {
      cause,
      remedy: 'see that it can be reached and accepts this identity, and run again; nothing was signed',
    });
  }
}

/** The library says what it was doing, and only the cause says what happened. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : '';
  const message = messageOf(error);
  return cause === '' || message.includes(cause) ? message : `${message}: ${cause}`;
}
