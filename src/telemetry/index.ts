import { createLogger, type Logger } from './logger.ts';
import { Metrics } from './metrics.ts';
import { type Span, Tracing } from './tracing.ts';

/** What is told to operators: lines, numbers and spans. */
export type Telemetry = { readonly log: Logger; readonly metrics: Metrics; readonly tracing: Tracing };

export { createLogger, type Logger, Metrics, type Span, Tracing };
