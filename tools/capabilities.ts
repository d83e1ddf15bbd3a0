import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json } from '../src/core/index.ts';
import { resolveTool, run, ToolError } from '../src/workbench/index.ts';
import { isMain, script } from './main.ts';

/**
 * The builtins that a policy may call: what OPA compiles into the Wasm module itself (`builtinsFunctions` in its
 * internal/compiler/wasm/wasm.go), without the deprecated ones, plus what the compiler rewrites away. Anything else would compile and
 * throw when it is called; `sprintf` is left out because the npm SDK's differs from OPA's (use `$"{x}"`).
 */
const allowed: ReadonlySet<string> = new Set([
  ...['assign', 'eq', 'equal', 'neq', 'gt', 'gte', 'lt', 'lte', 'internal.member_2', 'internal.member_3', 'internal.template_string'],
  ...['rego.metadata.chain', 'rego.metadata.rule'],
  ...['plus', 'minus', 'mul', 'div', 'rem', 'abs', 'ceil', 'floor', 'round', 'numbers.range', 'to_number', 'format_int'],
  ...['bits.and', 'bits.or', 'bits.xor', 'bits.negate', 'bits.lsh', 'bits.rsh'],
  ...['count', 'sum', 'product', 'max', 'min', 'sort'],
  ...['and', 'or', 'intersection', 'union', 'array.concat', 'array.flatten', 'array.reverse', 'array.slice'],
  ...['is_array', 'is_boolean', 'is_null', 'is_number', 'is_object', 'is_set', 'is_string', 'type_name'],
  ...['object.filter', 'object.get', 'object.keys', 'object.remove', 'object.union', 'object.union_n', 'walk', 'graph.reachable'],
  ...['concat', 'contains', 'endswith', 'indexof', 'lower', 'replace', 'split', 'startswith', 'strings.replace_n', 'strings.reverse'],
  ...['substring', 'trim', 'trim_left', 'trim_prefix', 'trim_right', 'trim_space', 'trim_suffix', 'upper'],
  ...['base64.decode', 'base64.encode', 'base64.is_valid', 'base64url.decode', 'base64url.encode'],
  ...['json.filter', 'json.is_valid', 'json.marshal', 'json.remove', 'json.unmarshal'],
  ...['glob.match', 'regex.find_all_string_submatch_n', 'regex.is_valid', 'regex.match', 'net.cidr_contains', 'net.cidr_intersects'],
]);

/** Language features that need nothing of the engine: they are gone once a policy is planned. */
const features: ReadonlySet<string> = new Set(['rego_v1', 'keywords_in_refs', 'template_strings']);

type Capabilities = { readonly builtins: readonly Json[]; readonly features: readonly Json[]; readonly wasm_abi_versions: readonly Json[] };

/** What `opa capabilities --current` says, reduced to what our engine has. */
export function reduceCapabilities(current: Json): Capabilities {
  if (!isJsonObject(current) || !Array.isArray(current['builtins']) || !Array.isArray(current['features'])) {
    throw new ToolError('policy.malformed', '`opa capabilities --current` did not print builtins and features');
  }
  const builtins = current['builtins'].filter((builtin) => isJsonObject(builtin) && allowed.has(String(builtin['name'])));
  const names = new Set(builtins.map((builtin) => (isJsonObject(builtin) ? builtin['name'] : undefined)));
  const missing = [...allowed].filter((name) => !names.has(name));
  if (missing.length > 0) throw new ToolError('policy.malformed', `this OPA has no builtin \`${missing.join('`, `')}\``);
  return {
    builtins,
    features: current['features'].filter((feature) => features.has(String(feature))),
    wasm_abi_versions: [{ version: 1, minor_version: 3 }],
  };
}

/** One line a builtin, so that a change of OPA's version shows as what it is. */
function print({ builtins, features: kept, wasm_abi_versions: versions }: Capabilities): string {
  const lines = builtins.map((builtin) => `    ${JSON.stringify(builtin)}`).join(',\n');
  return `{\n  "builtins": [\n${lines}\n  ],\n  "features": ${JSON.stringify(kept)},\n  "wasm_abi_versions": ${JSON.stringify(versions)}\n}\n`;
}

async function main(file: string): Promise<void> {
  const { stdout } = await run(await resolveTool('opa'), ['capabilities', '--current']);
  writeFileSync(file, print(reduceCapabilities(JSON.parse(stdout))));
  process.stdout.write(`wrote ${file}\n`);
}

if (isMain(import.meta.url)) await script(() => main(process.argv[2] ?? join(import.meta.dirname, '..', 'policies', 'capabilities.json')));
