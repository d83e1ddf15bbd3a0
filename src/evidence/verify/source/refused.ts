import type { Refusal, SourceCheck } from './source.ts';

/** Ends the reading of an archive. Never leaves this folder. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(check: SourceCheck, reason: string) {
    super(reason);
    this.refusal = { check, reason, final: true };
  }
}
