import { z } from 'zod';
import { VerifyError } from '../errors.ts';

const rotations = z.array(z.string()).max(10_000);

/** `rotations.json`: signed notes, oldest first. @throws VerifyError `verify.source_malformed` */
export function parseRotations(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  try {
    return rotations.parse(JSON.parse(text));
  } catch (cause) {
    throw new VerifyError('verify.source_malformed', '`rotations.json` is not a JSON array of signed notes', { cause });
  }
}
