export {
  type BundleFiles,
  bundleSignature,
  type PolicyBundle,
  type PolicyManifest,
  type PolicyRule,
  policyDigest,
  readBundle,
  readBundleFiles,
  type SelfTestCase,
} from './bundle.ts';
export { differenceOf, isReworded } from './difference.ts';
export { type Evaluation, PolicyEngine, type PolicyVersion } from './engine.ts';
export { PolicyError } from './errors.ts';
export { type Facts, inputSchema, type PolicyInput, policyInput, policyNow, type Resource } from './input.ts';
export { type Inspection, inspectBundle } from './inspect.ts';
export { PolicyRegistry } from './registry.ts';
export { type BundleTrust, parseTrust, type SignatureState, type TrustSources } from './trust.ts';
export type { Challenge, Requirement, Verdict } from './verdict.ts';
