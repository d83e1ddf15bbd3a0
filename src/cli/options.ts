import { isTenantId, type TenantId } from '../core/index.ts';
import { CliError } from './errors.ts';

/** A log given as an option. */
export function parseLog(name: string): TenantId {
  if (isTenantId(name)) return name;
  throw new CliError('cli.invalid_option', `--log is \`${name}\`, which is not a tenant name`, {
    remedy: 'name a tenant, `alpha` for one',
  });
}
