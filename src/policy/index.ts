export {
  type BundleFiles,
  bundleFiles,
  bundleSignature,
  type PolicyBundle,
  type PolicyManifest,
  type PolicyRule,
  parseBundle,
  policyDigest,
  readBundle,
  readBundleFiles,
} from './bundle.ts';
export { type Evaluation, PolicyEngine, type PolicyVersion } from './engine.ts';
export { PolicyError } from './errors.ts';
export { type Facts, inputSchema, type PolicyInput, policyInput, policyNow, type Resource } from './input.ts';
export { failedSelfTest, type SelfTestCase } from './self-test.ts';
export type { Challenge, Requirement, Verdict } from './verdict.ts';
