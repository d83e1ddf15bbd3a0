import { goalLine, print } from './goals.ts';
import { onGround } from './ground.ts';
import { benchLarge } from './large.ts';
import { parseOptions } from './options.ts';
import { benchRates } from './rates.ts';

/** Rates beside a raw INSERT and immudb; growth, proofs and verification on logs of up to ten million entries. */
export async function benchLedger(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  await onGround(async (ground) => {
    const goals = options.sections.includes('rates') ? await benchRates(ground, options) : [];
    if (options.sections.some((section) => section !== 'rates')) goals.push(...(await benchLarge(ground, options)));
    print('', ...goals.map(goalLine));
  });
}
