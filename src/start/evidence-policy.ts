import type { Verifier } from '../catalog/index.ts';
import type { Config } from '../config/index.ts';
import type { Clock } from '../core/index.ts';
import type { Ledger } from '../ledger/index.ts';

/** STAND-IN until src/evidence/verify of format 1 is merged. */
export function openVerifier(_config: Config, _ledger: Ledger, _clock: Clock): Verifier {
  return async () => ({ failed: ['policy.missing'] });
}
