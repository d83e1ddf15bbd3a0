import { CodedError } from '../../src/core/index.ts';

/** What a promise was refused with; a test compares code and message of it exactly. Fails when it was not refused on purpose. */
export async function refusalOf(work: Promise<unknown>): Promise<CodedError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof CodedError) return thrown;
  throw new Error('it was not refused', { cause: thrown });
}

/** The code of a refusal. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return (await refusalOf(work)).code;
}
