import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../core/index.ts';
import { type BundleFiles, bundleSignature, type PolicyBundle, parseBundle, type SelfTestCase } from './bundle.ts';
import { PolicyEngine } from './engine.ts';
import { type BundleTrust, checkSignature, type SignatureState } from './trust.ts';

/** What a bundle of unknown origin turned out to be. An engine only if it can be used; who vouches for it stands apart. */
export type Inspection = { readonly signature: SignatureState } & (
  | { readonly fault: string; readonly bundle: PolicyBundle | undefined; readonly engine: undefined }
  | { readonly fault: null; readonly bundle: PolicyBundle; readonly engine: PolicyEngine }
);

/**
 * Reads, loads and tries a bundle, as it must be before it may decide anything: the files are the manifest's, the engine has every
 * builtin, and each golden case that came along is decided as it says. Never throws for what the bundle is.
 *
 * What nobody trusted has signed is only read: to load a module is to run it, and a stranger's may never end.
 *
 * @param where names the bundle in messages
 */
export async function inspectBundle(files: BundleFiles, where: string, trust: BundleTrust): Promise<Inspection> {
  const signature = checkSignature(files.get('manifest.json') ?? Buffer.alloc(0), files.get(bundleSignature), trust);
  let bundle: PolicyBundle | undefined;
  try {
    bundle = parseBundle(files, where);
    if (signature.state !== 'valid')
      return { signature, fault: 'it was not tried: nobody trusted has signed it', bundle, engine: undefined };
    const engine = await PolicyEngine.load(bundle);
    const fault = await failedSelfTest(engine, bundle);
    return fault === undefined
      ? { signature, fault: null, bundle, engine }
      : { signature, fault: printable(fault), bundle, engine: undefined };
  } catch (error) {
    const fault = typeof error === 'string' ? error : messageOf(error); // WebAssembly's host throws texts
    return { signature, fault: printable(fault), bundle, engine: undefined };
  }
}

const MAX_FAULT = 500;

/** A fault quotes what somebody sent: it goes into the ledger and onto terminals, so it is short and has no control characters. */
function printable(text: string): string {
  const shown = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ');
  return shown.length > MAX_FAULT ? `${shown.slice(0, MAX_FAULT).toWellFormed()}…` : shown;
}

/** How many cases are tried at a stretch: decisions of live traffic come in between. */
const STRETCH = 8;

/** The first case that an engine does not decide as it must, in words; undefined when all hold, and there are some. */
async function failedSelfTest(engine: PolicyEngine, { manifest, selfTest }: PolicyBundle): Promise<string | undefined> {
  const untried = manifest.actions.filter((action) => !selfTest.some(({ input }) => input.action === action));
  if (untried.length > 0) return `it brings no golden case of \`${untried.join('`, `')}\``;
  for (const [index, one] of selfTest.entries()) {
    if (index % STRETCH === STRETCH - 1) await setImmediate();
    const difference = differenceOf(engine, one);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function differenceOf(engine: PolicyEngine, { name, input, expect }: SelfTestCase): string | undefined {
  const { result, ruleId, rules } = engine.decide(input).verdict;
  const said = `${result} by ${[ruleId, ...rules.map((rule) => rule.ruleId)].join(', ')}`;
  const wanted = `${expect.result} by ${[expect.ruleId, ...expect.unmet].join(', ')}`;
  return said === wanted ? undefined : `the self-test \`${name}\` says ${said} instead of ${wanted}`;
}
