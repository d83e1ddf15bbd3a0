import { expect, it } from 'vitest';
import { generate } from '../../tools/codegen.ts';

const schema = `
  scalar DateTime
  scalar JSON
  enum Result { ALLOW DENY STEP_UP }
  type Incident { id: ID!, openedAt: DateTime!, labels: JSON, result: Result }
  type Query { incident(id: ID!): Incident }
`;

it('writes types that erase: no enum, no value import', async () => {
  const code = await generate(schema, '/x/schema.gen.ts');
  expect(code).toContain("import type { GatewayContext } from './context.ts';");
  expect(code).toContain("import type { Json } from '../core/index.ts';");
  expect(code).toMatch(/export type Result =\s+\| 'ALLOW'\s+\| 'DENY'\s+\| 'STEP_UP';/);
  expect(code).not.toMatch(/\benum\b|^import (?!type)/m);
});

it('maps scalars to what resolvers give', async () => {
  const code = await generate(schema, '/x/schema.gen.ts');
  expect(code).toContain('DateTime: { input: string; output: Date | string; }');
  expect(code).toContain('JSON: { input: Json; output: Json; }');
});

it('refuses a scalar that it has no type for', async () => {
  await expect(generate('scalar Money type Query { a: Money }', '/x/schema.gen.ts')).rejects.toThrow(/Money/);
});
