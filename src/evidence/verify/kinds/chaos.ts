import { z } from 'zod';
import { parseAs } from '../form.ts';
import type { DocumentReader } from './kind.ts';

const count = z.int().min(0);
const chaos = z.looseObject({ rounds: count, acknowledged: count, lost: count, duplicated: count });

export const readChaos: DocumentReader = (document) => {
  const { rounds, acknowledged, lost, duplicated } = parseAs(chaos, document);
  return { summary: { rounds, acknowledged, lost, duplicated }, passed: lost === 0 && duplicated === 0 && rounds >= 1 };
};
