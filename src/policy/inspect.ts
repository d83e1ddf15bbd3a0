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
 * @param where names the bundle in messages
 */
export async function inspectBundle(files: BundleFiles, where: string, trust: BundleTrust): Promise<Inspection> {
  const signature = checkSignature(files.get('manifest.json') ?? Buffer.alloc(0), files.get(bundleSignature), trust);
  let bundle: PolicyBundle | undefined;
  try {
    bundle = parseBundle(files, where);
    const engine = await PolicyEngine.load(bundle);
    const fault = await failedSelfTest(engine, bundle.selfTest);
    return fault === undefined ? { signature, fault: null, bundle, engine } : { signature, fault, bundle, engine: undefined };
  } catch (error) {
    return { signature, fault: typeof error === 'string' ? error : messageOf(error), bundle, engine: undefined };
  }
}

/** How many cases are tried at a stretch: decisions of live traffic come in between. */
const STRETCH = 8;

/** The first case that an engine does not decide as it must, in words; undefined when all hold. */
async function failedSelfTest(engine: PolicyEngine, cases: readonly SelfTestCase[]): Promise<string | undefined> {
  for (const [index, { name, input, expect }] of cases.entries()) {
    if (index % STRETCH === STRETCH - 1) await setImmediate();
    const { result, ruleId, rules } = engine.decide(input).verdict;
    const said = `${result} by ${[ruleId, ...rules.map((rule) => rule.ruleId)].join(', ')}`;
    const wanted = `${expect.result} by ${[expect.ruleId, ...expect.unmet].join(', ')}`;
    if (said !== wanted) return `the self-test \`${name}\` says ${said} instead of ${wanted}`;
  }
  return undefined;
}
