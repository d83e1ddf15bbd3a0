import { isToolName, resolveTool, ToolError, toolNames } from '../src/workbench/index.ts';
import { resolveInterop } from './interop.ts';
import { isMain, script } from './main.ts';
import { resolveOscalSchema } from './oscal.ts';

/** `node tools/resolve.ts <tool>` or `--all`: prints where each tool is, building what is not there; with --all, the programs of test/interop and the OSCAL schema too. */
async function main(argument: string | undefined): Promise<void> {
  if (argument === '--all') {
    // One after the other: each Go build already uses every core.
    for (const tool of toolNames) process.stdout.write(`${tool} ${await resolveTool(tool)}\n`);
    process.stdout.write(`interop ${await resolveInterop()}\n`);
    process.stdout.write(`oscal schema ${await resolveOscalSchema()}\n`);
    return;
  }
  if (argument === undefined || !isToolName(argument)) {
    throw new ToolError('tool.unknown', `\`${argument ?? ''}\` is not a tool`, {
      remedy: `name one of ${toolNames.join(', ')}, or say --all`,
    });
  }
  process.stdout.write(`${await resolveTool(argument)}\n`);
}

if (isMain(import.meta.url)) await script(() => main(process.argv[2]));
