import { z } from 'zod';

/** `sha256:<hex>`. */
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be `sha256:` and 64 hex digits');

/** A release, named like its tag; short enough to be a subject of the ledger. */
export const release = z
  .string()
  .max(100)
  .regex(/^v(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z.-]+)?$/, 'must be like a tag: v1.2.3');

/** A kind of release, as contracts name them. */
export const kind = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be a–z, 0–9 and -, at most 63 characters');

/** `item` or `item:name` of a contract. */
const requirement = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}(:[A-Za-z0-9][A-Za-z0-9._-]{0,127})?$/,
    'must be the id of a requirement: `junit`, or `junit:unit-tests.json`',
  );

/** One that can be waived: without the entry of its own nobody would know who registered what the release is made of. */
export const waivable = requirement.refine((id) => id !== 'ledger-built', '`ledger-built` cannot be waived: register the bundle');

/** Where a release is promoted to. */
export const environment = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be a–z, 0–9 and -, at most 63 characters');

/** A file of a bundle. */
export const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'must be a plain file name');
