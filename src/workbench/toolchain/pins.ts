import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/index.ts';
import { ToolError } from '../errors.ts';

export const toolNames = ['opa', 'regal', 'cosign2', 'cosign3', 'actionlint'] as const;
export type ToolName = (typeof toolNames)[number];

/** What a tool's go.mod says: the package to build and the exact version. */
export type Pin = { readonly package: string; readonly version: string };

export function isToolName(value: string): value is ToolName {
  return toolNames.some((name) => name === value);
}

/** Reads `<folder>/<tool>/go.mod`. @throws ToolError `tool.pin_unreadable` */
export function readPin(tool: ToolName, folder: string): Pin {
  const file = join(folder, tool, 'go.mod');
  try {
    return parsePin(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ToolError('tool.pin_unreadable', `cannot read the pin of \`${tool}\` from \`${file}\`: ${messageOf(cause)}`, { cause });
  }
}

/** The `tool` line of a go.mod and the version that is required of the module which holds that package. */
export function parsePin(text: string): Pin {
  const tool = /^tool (\S+)$/m.exec(text)?.[1];
  if (tool === undefined) throw new Error('it has no line `tool <package>`');
  for (const [, module, version] of text.matchAll(/^(?:require )?\s*(\S+) v(\S+)/gm)) {
    if (module !== undefined && version !== undefined && `${tool}/`.startsWith(`${module}/`)) return { package: tool, version };
  }
  throw new Error(`it requires no module that holds \`${tool}\``);
}
