import { type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { messageOf } from '../core/index.ts';

export type { Span } from '@opentelemetry/api';

/** Spans to an OTLP endpoint; without one, none are recorded and this costs nothing. */
export class Tracing {
  readonly #tracer: Tracer;
  readonly #provider: NodeTracerProvider | undefined;

  constructor(otlpEndpoint: string | undefined) {
    this.#provider = otlpEndpoint === undefined ? undefined : startProvider(otlpEndpoint);
    this.#tracer = (this.#provider ?? trace).getTracer('countersign');
  }

  /** Runs `work` inside a span; what it throws is recorded and thrown on. */
  span<T>(name: string, work: (span: Span) => Promise<T>): Promise<T> {
    return this.#tracer.startActiveSpan(name, async (span) => {
      try {
        return await work(span);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  async close(): Promise<void> {
    await this.#provider?.shutdown();
  }
}

function startProvider(endpoint: string): NodeTracerProvider {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  return provider;
}
