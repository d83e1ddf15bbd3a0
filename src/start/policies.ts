import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Activations, Shadow } from '../bundles/index.ts';
import { type Config, ConfigError, packageRoot } from '../config/index.ts';
import { messageOf } from '../core/index.ts';
import type { KernelOptions } from '../govern/index.ts';
import { type BundleTrust, PolicyEngine, PolicyRegistry, parseTrust, readBundle } from '../policy/index.ts';
import type { Database } from '../storage/index.ts';
import type { Telemetry } from '../telemetry/index.ts';
import type { StopList } from './stop-list.ts';

/** The policies that stand in files, read before anything is started. */
export type PolicyFiles = { readonly policies: PolicyRegistry; readonly trust: BundleTrust; readonly candidate: PolicyEngine | undefined };

/**
 * The policy that ships is trusted as the code beside it is; every other one by its signature.
 *
 * @throws PolicyError, ConfigError
 */
export async function readPolicies(config: Config, policyDir = join(packageRoot(), 'policies', 'dist')): Promise<PolicyFiles> {
  const { trust, candidate } = config.policy;
  return {
    policies: new PolicyRegistry(await PolicyEngine.load(readBundle(policyDir))),
    trust: parseTrust({
      keys: trust.keys.map((name) => ({ name, pem: readNamed(config, name) })),
      identities: trust.identities,
      root: trust.trustedRoot && readNamed(config, trust.trustedRoot),
    }),
    candidate: candidate === undefined ? undefined : await PolicyEngine.load(readBundle(resolve(config.configDir, candidate))),
  };
}

function readNamed({ configDir }: Config, name: string): string {
  try {
    return readFileSync(resolve(configDir, name), 'utf8');
  } catch (cause) {
    throw new ConfigError(
      'config.unreadable',
      `cannot read \`${resolve(configDir, name)}\`, which \`policy.trust\` names: ${messageOf(cause)}`,
      {
        cause,
        remedy: 'correct the name; it counts from the folder of countersign.yaml',
      },
    );
  }
}

/** Loads what tenants made active and follows it from then on. */
export async function followActivations(
  { policies, trust }: PolicyFiles,
  database: Database,
  { log, metrics }: Telemetry,
  stops: StopList,
): Promise<Activations> {
  const activations = new Activations({
    database,
    policies,
    trust,
    onActivated: ({ tenant, digest, position }) => {
      metrics.policyActivations.inc({ outcome: 'taken' });
      log.info({ tenant, digest, position }, 'this policy decides from now on');
    },
    onError: (tenant, error) => {
      metrics.policyActivations.inc({ outcome: 'refused' });
      log.error(
        { err: error, tenant },
        'the policy in force is refused: what decided before goes on, and where nothing did, everything is denied',
      );
    },
  });
  await activations.start();
  stops.add(() => activations.stop());
  return activations;
}

/** Asks the candidate of the configuration, if there is one, about every decision. */
export function openShadow(
  { candidate }: PolicyFiles,
  database: Database,
  telemetry: Telemetry,
  stops: StopList,
): KernelOptions['onSettled'] & {} {
  if (candidate === undefined) return () => undefined;
  const shadow = new Shadow({ database, candidate, telemetry });
  stops.add(() => shadow.stop());
  return (decision, _result, input) => shadow.observe(decision, input);
}
