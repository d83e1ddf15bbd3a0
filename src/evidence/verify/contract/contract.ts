import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type JsonObject, messageOf } from '../../../core/index.ts';
import { EvidenceVerifyError } from '../errors.ts';
import { parseAs, parseDocument } from '../form.ts';
import { isKind } from '../kinds/index.ts';
import { ensure } from '../report.ts';

/** Not a kind: that the ledger has the entry of this bundle. */
export const LEDGER_BUILT = 'ledger-built';

const condition = z
  .strictObject({
    min: z.number().exactOptional(),
    max: z.number().exactOptional(),
    equals: z.union([z.number(), z.boolean(), z.string()]).exactOptional(),
  })
  .refine((value) => Object.keys(value).length > 0, 'says nothing: it needs `min`, `max` or `equals`');
const item = z.string().refine((name) => name === LEDGER_BUILT || isKind(name), 'must be a kind, or `ledger-built`');
const conditions = z.record(z.string(), condition);
const days = z.number().positive();

const requirement = z.strictObject({
  item,
  name: z.string().nullable(),
  optional: z.boolean(),
  maxAgeDays: days.nullable(),
  assert: conditions,
  obtain: z.string().nullable(),
});
export type ContractRequirement = z.infer<typeof requirement>;
export type Condition = z.infer<typeof condition>;

const contract = z.strictObject({ format: z.literal(1), kind: z.string().min(1), requirements: z.array(requirement).min(1) });
export type Contract = z.infer<typeof contract>;

/** contract.json, every member written out. Throws with the reason. */
export function readContract(bytes: Buffer): Contract {
  const parsed = parseAs(contract, parseDocument(bytes));
  const ids = parsed.requirements.map(idOf);
  ensure(new Set(ids).size === ids.length, 'it has a requirement twice');
  return parsed;
}

/** `junit`, or `junit:unit-tests.json`. */
export function idOf({ item: kind, name }: ContractRequirement): string {
  return name === null ? kind : `${kind}:${name}`;
}

const written = z.strictObject({
  item,
  name: z.string().optional(),
  optional: z.boolean().optional(),
  maxAgeDays: days.optional(),
  assert: conditions.optional(),
  obtain: z.string().optional(),
});
const contractFile = z.strictObject({ format: z.literal(1), releases: z.record(z.string(), z.array(written).min(1)) });

/** A contract as people write it: what it says of one kind of release, in the form of contract.json; undefined where it says nothing. */
export type GivenContract = (kind: string) => JsonObject | undefined;

/** @throws EvidenceVerifyError `evidence.verify.contract_unreadable` */
export function readGivenContract(file: string): GivenContract {
  const { releases } = parseFile(file);
  return (kind) => {
    const requirements = releases[kind]?.map(
      ({ item: of, name = null, optional = false, maxAgeDays = null, obtain = null, assert = {} }) => ({
        item: of,
        name,
        optional,
        maxAgeDays,
        assert,
        obtain,
      }),
    );
    return requirements && { format: 1, kind, requirements };
  };
}

function parseFile(file: string): z.infer<typeof contractFile> {
  try {
    return parseAs(contractFile, parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new EvidenceVerifyError('evidence.verify.contract_unreadable', `\`${file}\` is not a contract: ${messageOf(cause)}`, {
      cause,
      remedy: 'give the contract.yaml that your releases are held to',
    });
  }
}
