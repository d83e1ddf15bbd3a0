import { join } from 'node:path';
import { type GoldenCase, readGoldenCases } from '../../src/workbench/index.ts';

export { varied } from '../../src/workbench/index.ts';

const root = join(import.meta.dirname, '../..');
export const policies = join(root, 'policies');
export const dist = join(policies, 'dist');

export const goldenCases = (): GoldenCase[] => readGoldenCases(policies);
