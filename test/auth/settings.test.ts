import { expect, test } from 'vitest';
import { roles } from '../../src/auth/index.ts';
import { configSchema } from '../../src/config/schema.ts';

const issuer = { issuer: 'https://id.example', audience: 'countersign', roles: {} };

/** The paths at which some settings are refused. */
function refusedAt(settings: object): readonly string[] {
  const { error } = configSchema.safeParse(settings);
  return error === undefined ? [] : error.issues.map(({ path }) => path.join('.'));
}

test.each(roles)('a mapping to the role %s is allowed unless it is `service`', (role) => {
  const refused = refusedAt({ auth: { issuers: [{ ...issuer, roles: { x: role } }] } });
  expect(refused).toEqual(role === 'service' ? ['auth.issuers.0.roles.x'] : []);
});

test.each([
  [
    {
      auth: {
        issuers: [
          { ...issuer, tenants: ['alpha'] },
          { ...issuer, tenants: ['beta'] },
        ],
      },
    },
    ['auth.issuers'],
  ],
  [{ auth: { issuers: [issuer, { ...issuer, issuer: 'https://other.example' }] } }, ['auth.issuers']],
  [
    {
      auth: {
        issuers: [
          { ...issuer, tenants: ['alpha'] },
          { ...issuer, issuer: 'https://other.example', tenants: ['alpha'] },
        ],
      },
    },
    ['auth.issuers'],
  ],
  [
    {
      auth: {
        issuers: [
          { ...issuer, tenants: ['alpha'] },
          { ...issuer, issuer: 'https://other.example', tenants: ['beta'] },
        ],
      },
    },
    [],
  ],
  [{ auth: { issuers: [{ ...issuer, issuer: 'http://id.example' }] } }, ['auth.issuers.0.issuer']],
  [{ auth: { issuers: [{ ...issuer, issuer: 'http://127.0.0.1:4010' }] } }, []],
  [{ adapters: { agents: [{ name: 'simulate', url: 'https://agent.example' }] } }, ['adapters.agents']],
  [{ auth: { issuers: [{ ...issuer, algorithms: ['HS256'] }] } }, ['auth.issuers.0.algorithms.0']],
  [{ auth: { issuers: [{ ...issuer, algorithms: ['none'] }] } }, ['auth.issuers.0.algorithms.0']],
  [{ auth: { issuers: [{ ...issuer, tenants: ['Alpha'] }] } }, ['auth.issuers.0.tenants.0']],
  [{ context: { trustedProxies: ['10.0.0.0/33'] } }, ['context.trustedProxies.0']],
  [{ context: { zones: [{ zone: 'a', cidrs: ['localhost'] }] } }, ['context.zones.0.cidrs.0']],
  [{ context: { trustedProxies: ['10.0.0.1', '::1', '10.0.0.0/8', '::/0'] } }, []],
])('settings %j', (settings, refused) => {
  expect(refusedAt(settings)).toEqual(refused);
});
