import { CodedError } from '../core/index.ts';

export type ToolErrorCode =
  | 'tool.unknown'
  | 'tool.unavailable'
  | 'tool.failed'
  | 'tool.pin_unreadable'
  | 'policy.malformed'
  | 'policy.golden_malformed'
  | 'policy.stale'
  | 'policy.uncovered'
  | 'codegen.stale';

/** A build step that cannot go on. The message says what was tried; the remedy says what to do. */
export class ToolError extends CodedError<ToolErrorCode> {}
