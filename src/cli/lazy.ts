import type { Command } from 'commander';

/** Adds a command to its parent; a group gets what stands behind its name, to add of its own only what that asks for. */
type Add = (parent: Command, args: readonly string[]) => void | Promise<void>;

/** How to load what adds a command, by the name of the command. */
export type Commands = { readonly [name: string]: () => Promise<Add> };

/** Adds the command that is asked for, and all of them when none is: what a command needs to run is loaded for nobody else. */
export async function addCommands(parent: Command, commands: Commands, [asked = '', ...args]: readonly string[]): Promise<void> {
  const load = Object.hasOwn(commands, asked) ? commands[asked] : undefined;
  if (load !== undefined) return (await load())(parent, args);
  for (const loadOne of new Set(Object.values(commands))) await (await loadOne())(parent, []);
}
