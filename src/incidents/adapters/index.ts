import { IncidentError } from '../errors.ts';
import type { Adapter } from './adapter.ts';

export type { Adapter, Run, RunResult } from './adapter.ts';
export { type HttpAgentOptions, httpAgent } from './http-agent.ts';
export { simulate } from './simulate.ts';

export type Adapters = ReadonlyMap<string, Adapter>;

/** @throws IncidentError `incident.adapter_unknown`, naming those there are */
export function adapterNamed(adapters: Adapters, name: string): Adapter {
  const adapter = adapters.get(name);
  if (adapter !== undefined) return adapter;
  const known = [...adapters.keys()].map((key) => `\`${key}\``).join(', ') || 'none';
  throw new IncidentError('incident.adapter_unknown', `there is no adapter \`${name}\`; configured: ${known}`, {
    remedy: 'name one of those, or add an agent to config/countersign.yaml',
  });
}
