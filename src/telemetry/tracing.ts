import { type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { messageOf } from '../core/index.ts';

export type { Span } from '@opentelemetry/api';

/** Spans to a provider; without one, none are recorded and this costs nothing. */
export class Tracing {
  readonly #tracer: Tracer;
  readonly #provider: NodeTracerProvider | undefined;

  constructor(provider: NodeTracerProvider | undefined) {
    this.#provider = provider;
    this.#tracer = (provider ?? trace).getTracer('countersign');
  }

  /** To an OTLP endpoint, if there is one: only then is what sends them loaded. */
  static async start(otlpEndpoint: string | undefined): Promise<Tracing> {
    return new Tracing(otlpEndpoint === undefined ? undefined : await startProvider(otlpEndpoint));
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

async function startProvider(endpoint: string): Promise<NodeTracerProvider> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  return provider;
}
