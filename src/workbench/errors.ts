import { CodedError } from '../core/index.ts';

export type ToolErrorCode =
  | 'tool.unknown'
  | 'tool.unavailable'
  | 'tool.failed'
  | 'tool.pin_unreadable'
  | 'policy.malformed'
  | 'policy.stale'
  | 'policy.uncovered'
  | 'records.unreadable'
  | 'records.malformed'
  | 'analysis.malformed'
  | 'analysis.undeclared'
  | 'analysis.too_large'
  | 'analysis.unsound'
  | 'policy.unknown_rule'
  | 'policy.tests_fail'
  | 'policy.bad_name'
  | 'policy.exists'
  | 'policy.unreferenced'
  | 'golden.malformed'
  | 'mutation.malformed'
  | 'mutation.stale'
  | 'mutation.not_equivalent'
  | 'codegen.stale';

/** A build step that cannot go on. The message says what was tried; the remedy says what to do. */
export class ToolError extends CodedError<ToolErrorCode> {}
