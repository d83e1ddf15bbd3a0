export { type PolicyBundle, type PolicyManifest, type PolicyRule, readBundle } from './bundle.ts';
export { type Evaluation, PolicyEngine, type PolicyVersion } from './engine.ts';
export { PolicyError } from './errors.ts';
export { type Facts, inputSchema, type PolicyInput, policyInput, policyNow, type Resource } from './input.ts';
export { type Challenge, type Requirement, type Verdict, verdictSchema } from './verdict.ts';
