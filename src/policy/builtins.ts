import type { LoadedPolicy } from '@open-policy-agent/opa-wasm';
import { z } from 'zod';
import { PolicyError } from './errors.ts';

/** What opa-wasm 1.10 implements beside what is compiled into every module. */
export const engineBuiltins: ReadonlySet<string> = new Set([
  'json.is_valid',
  'regex.split',
  'sprintf',
  'yaml.is_valid',
  'yaml.marshal',
  'yaml.unmarshal',
]);

const required = z.record(z.string(), z.number());

/**
 * A module that calls a builtin which the engine lacks would load, and fail only when a decision comes to it.
 *
 * @throws PolicyError `policy.builtin_missing`, naming them
 */
export function assertBuiltins(policy: LoadedPolicy): void {
  const missing = Object.keys(required.parse(importedBy(policy))).filter((name) => !engineBuiltins.has(name));
  if (missing.length === 0) return;
  throw new PolicyError('policy.builtin_missing', `the policy calls \`${missing.join('`, `')}\`, which the engine does not have`, {
    remedy: 'build it with `npm run policy:build`, which refuses such calls, and pass the fact through the input',
  });
}

/** The module's own list of the builtins that it expects its host to have, name → number (OPA Wasm ABI). */
function importedBy({ wasmInstance, mem }: LoadedPolicy): unknown {
  const instance = 'instance' in wasmInstance ? wasmInstance.instance : wasmInstance;
  const { builtins, opa_json_dump: dump } = instance.exports;
  if (typeof builtins !== 'function' || typeof dump !== 'function') throw new TypeError('the module is no compiled policy');
  const bytes = new Uint8Array(mem.buffer, Number(dump(builtins())));
  return JSON.parse(Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString('utf8'));
}
