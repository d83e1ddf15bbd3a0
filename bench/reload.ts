import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { generateKeyPair, signFile } from '../src/evidence/index.ts';
import type { Decision, Kernel } from '../src/govern/index.ts';
import { Ledger } from '../src/ledger/index.ts';
import {
  type BundleFiles,
  type BundleTrust,
  bundleSignature,
  inspectBundle,
  type PolicyRegistry,
  parseTrust,
  policyDigest,
  readBundleFiles,
} from '../src/policy/index.ts';
import { dist, identity, type OnKernel, onKernel, tenant } from './on-kernel.ts';

const RELOADS = 1_000;
const DECISIONS_A_SECOND = 200;
const MAX_PENDING = 128;
/** Between two reloads: even so it is a thousand times more often than policies change. */
const PAUSE_MS = 40;

/** Two policies in turn, each read, verified, compiled and tried anew, while governed actions are decided: nothing fails, nothing mixes. */
export function benchReload(): Promise<void> {
  return onKernel({ ledger: (options) => new Ledger(options), waitMilliseconds: 0, maxInFlight: 256 }, measure);
}

async function measure({ dataDir, policies, kernel }: OnKernel<Ledger>): Promise<void> {
  const bundles = signedPair(dataDir);
  const load = new Load(kernel);
  const running = load.run();
  await reload(policies, bundles, load);
  await load.stop(running);
  load.print(new Set([policies.builtIn.version.digest, ...bundles.digests]));
}

async function reload(policies: PolicyRegistry, { files, trust }: SignedPair, load: Load): Promise<void> {
  process.stdout.write(
    `${'reloads'.padStart(8)}${'decisions'.padStart(12)}${'rss'.padStart(10)}${'wasm heaps and buffers'.padStart(24)}\n`,
  );
  const started = process.hrtime.bigint();
  for (let round = 0; round <= RELOADS; round += 1) {
    if (round % 100 === 0) printMemory(round, load);
    if (round === RELOADS) break;
    const inspection = await inspectBundle(files[round % 2] ?? new Map(), 'the benchmark', trust);
    if (inspection.engine === undefined || inspection.signature.state !== 'valid') throw new Error(inspection.fault ?? 'unsigned');
    policies.adopt(tenant, inspection.engine);
    await delay(PAUSE_MS);
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  process.stdout.write(`${RELOADS} reloads in ${seconds.toFixed(1)} s, each verified, compiled and put through its golden cases\n`);
}

function printMemory(round: number, load: Load): void {
  const { rss, external, arrayBuffers } = process.memoryUsage();
  const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;
  process.stdout.write(
    `${String(round).padStart(8)}${String(load.decisions.length).padStart(12)}${mib(rss).padStart(10)}${mib(external + arrayBuffers).padStart(24)}\n`,
  );
}

/** Governed actions at a fixed rate, whatever else the process does. */
class Load {
  readonly decisions: Decision[] = [];
  readonly errors: unknown[] = [];
  readonly #kernel: Kernel;
  #stopped = false;
  #started = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  async run(): Promise<void> {
    const pending = new Set<Promise<void>>();
    this.#started = Date.now();
    for (let sent = 0; !this.#stopped; ) {
      const due = ((Date.now() - this.#started) / 1_000) * DECISIONS_A_SECOND;
      // A machine that cannot keep up shows in the rate that is printed, not in refusals.
      for (; sent < due && pending.size < MAX_PENDING; sent += 1) {
        const one = this.#decide(sent).finally(() => pending.delete(one));
        pending.add(one);
      }
      await delay(5);
    }
    await Promise.all(pending);
  }

  async stop(running: Promise<void>): Promise<void> {
    this.#stopped = true;
    await running;
  }

  async #decide(round: number): Promise<void> {
    const args = { key: `bench.${round % 32}`, enabled: true, justification: 'a benchmark switches this flag' };
    await this.#kernel.govern('flag.set', { identity, args }).then(
      ({ decision }) => void this.decisions.push(decision),
      (error: unknown) => void this.errors.push(error),
    );
  }

  print(known: ReadonlySet<string>): void {
    const seconds = (Date.now() - this.#started) / 1_000;
    const by = Map.groupBy(this.decisions, ({ policy }) => policy.revision);
    const count = (wrong: (decision: Decision) => boolean): number => this.decisions.filter(wrong).length;
    const lines = [
      `${this.decisions.length} decisions, ${(this.decisions.length / seconds).toFixed(0)} a second: ${[...by].map(([revision, { length }]) => `${length} by ${revision}`).join(', ')}`,
      `errors ${this.errors.length}`,
      `not allowed ${count(({ result }) => result !== 'ALLOW')}`,
      `decided by a policy of no known digest ${count(({ policy }) => !known.has(policy.digest))}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    for (const error of new Set(this.errors.slice(0, 3).map(String))) process.stdout.write(`  ${error}\n`);
  }
}

type SignedPair = { readonly files: readonly BundleFiles[]; readonly digests: readonly string[]; readonly trust: BundleTrust };

/** The policy that ships under two names, each signed. */
function signedPair(dataDir: string): SignedPair {
  const { privateKeyFile, publicKeyFile } = generateKeyPair({ prefix: join(dataDir, 'bench') });
  const trust = parseTrust({ keys: [{ name: publicKeyFile, pem: readFileSync(publicKeyFile, 'utf8') }], identities: [] });
  const files = ['one', 'two'].map((name) => signedAs(name, join(dataDir, `${name}.json`), privateKeyFile));
  return { files, trust, digests: files.map((bundle) => JSON.parse(String(bundle.get('manifest.json'))).digest) };
}

function signedAs(name: string, manifestFile: string, keyFile: string): BundleFiles {
  const shipped = readBundleFiles(dist);
  const data = Buffer.from(JSON.stringify({ name }));
  const { entrypoint, ...rest } = JSON.parse(String(shipped.get('manifest.json')));
  const digest = policyDigest({ wasm: shipped.get('policy.wasm') ?? Buffer.alloc(0), data, entrypoint });
  const manifest = Buffer.from(JSON.stringify({ ...rest, entrypoint, digest, revision: name }));
  writeFileSync(manifestFile, manifest);
  const { bundle } = signFile(manifestFile, keyFile, undefined);
  return new Map([...shipped, ['data.json', data], ['manifest.json', manifest], [bundleSignature, bundle]]);
}
