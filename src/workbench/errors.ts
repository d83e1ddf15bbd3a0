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
  | 'records.unreadable'
  | 'records.malformed'
  | 'analysis.malformed'
  | 'analysis.undeclared'
  | 'analysis.too_large'
  | 'analysis.unsound'
  | 'codegen.stale';

/** A build step that cannot go on. The message says what was tried; the remedy says what to do. */
export class ToolError extends CodedError<ToolErrorCode> {}
