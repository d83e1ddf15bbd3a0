import { type LoadedPolicy, loadPolicy } from '@open-policy-agent/opa-wasm';
import { canonicalBytes, digestOf, type JsonObject } from '../core/index.ts';
import { assertBuiltins } from './builtins.ts';
import type { PolicyBundle, PolicyManifest } from './bundle.ts';
import type { PolicyInput } from './input.ts';
import { faultVerdict, readVerdict, type Verdict } from './verdict.ts';

/** Which policy decided. */
export type PolicyVersion = { readonly digest: string; readonly revision: string };

/** What the policy says of an input, and at what cost. */
export type Judgement = {
  readonly verdict: Verdict;
  /** Time the evaluation took, microseconds. */
  readonly micros: number;
  /** Why the engine could not answer, for the log; undefined when it did. */
  readonly fault?: unknown;
};

export type Evaluation = Judgement & {
  readonly policy: PolicyVersion;
  /** `sha256:` of the input's canonical JSON: what replays compare. */
  readonly inputDigest: string;
};

/** Wasm memory in pages of 64 KiB: it grows on demand and never shrinks, so it is bounded. */
const MEMORY = { initial: 16, maximum: 1_024 };

/** The compiled policy in this process: synchronous, pure, and closed on failure. */
export class PolicyEngine {
  readonly manifest: PolicyManifest;
  readonly version: PolicyVersion;
  readonly #policy: LoadedPolicy | undefined;

  private constructor(manifest: PolicyManifest, policy: LoadedPolicy | undefined) {
    this.manifest = manifest;
    this.version = { digest: manifest.digest, revision: manifest.revision };
    this.#policy = policy;
  }

  /** @throws PolicyError `policy.builtin_missing`; what WebAssembly throws for what is no module */
  static async load(bundle: Pick<PolicyBundle, 'manifest' | 'wasm' | 'data'>): Promise<PolicyEngine> {
    const policy = await loadPolicy(bundle.wasm, MEMORY);
    assertBuiltins(policy);
    policy.setData(bundle.data);
    return new PolicyEngine(bundle.manifest, policy);
  }

  /** Stands for a policy that is in force and cannot be used: denies everything, by `engine.fault`, in that policy's name. */
  static closed(digest: string): PolicyEngine {
    const manifest = { revision: 'unusable', serial: 0, digest, selfTest: digest, entrypoint: '', actions: [], gates: [], rules: [] };
    return new PolicyEngine(manifest, undefined);
  }

  /**
   * Decides one input: the very bytes that the digest names. Never throws for what the policy does: a trap, no answer or half an
   * answer is a denial by `engine.fault`.
   *
   * @throws CanonicalError when the input has no canonical form: then it has no digest either, and there is no decision
   */
  decide(input: PolicyInput): Evaluation {
    const bytes = canonicalBytes(input);
    return { ...this.#answer(alone(bytes)), policy: this.version, inputDigest: digestOf(bytes) };
  }

  /** As `decide`, of anything that is JSON and without a digest: for who knows it already, or needs none. */
  judge(input: JsonObject): Judgement {
    return this.#answer(input);
  }

  #answer(input: ArrayBuffer | JsonObject): Judgement {
    const started = process.hrtime.bigint();
    try {
      if (this.#policy === undefined) throw new Error('the policy in force cannot be used');
      const verdict = readVerdict(this.#policy.evaluate(input, this.manifest.entrypoint));
      return { verdict, micros: microsSince(started) };
    } catch (fault) {
      return { verdict: faultVerdict(), micros: microsSince(started), fault };
    }
  }
}

/** The bytes in a buffer of their own: a small Buffer is a window on one that it shares, and Wasm would be given all of that. */
function alone(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function microsSince(started: bigint): number {
  return Number((process.hrtime.bigint() - started) / 1_000n);
}
