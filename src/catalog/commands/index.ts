import type { AnyCommand } from '../../govern/index.ts';
import type { CatalogParts } from '../parts.ts';
import { downloadEvidence } from './download.ts';
import { expireEvidence } from './expire.ts';
import { listEvidence } from './list.ts';
import { promoteRelease } from './promote.ts';
import { publishEvidence } from './publish.ts';
import { registerEvidence } from './register.ts';
import { uploadEvidence } from './upload.ts';
import { waiveEvidence } from './waive.ts';

/** All that is done with evidence. */
export function catalogCommands(parts: CatalogParts): readonly AnyCommand[] {
  return [
    registerEvidence,
    waiveEvidence,
    uploadEvidence(parts),
    publishEvidence(parts),
    promoteRelease(parts),
    listEvidence,
    downloadEvidence,
    expireEvidence,
  ];
}
