export { type Compiled, compilePolicies } from './compile/compile.ts';
export { type GoldenCase, readGoldenCases, varied } from './compile/golden.ts';
export { notSources } from './compile/sources.ts';
export { ToolError } from './errors.ts';
export { isToolName, toolNames } from './toolchain/pins.ts';
export { resolveTool } from './toolchain/resolve.ts';
export { run } from './toolchain/run.ts';
