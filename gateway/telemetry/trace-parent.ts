import { isSpanContextValid, type SpanContext } from '@opentelemetry/api'

/** W3C Trace Context, section 3.2: version, trace id, parent id, flags; a later version may have more after a dash. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The flag which says that the caller records its part of the trace (section 3.2.2.5.1). */
const SAMPLED = 1

/** Parses a `traceparent` header and returns the span that it names; null if it is malformed and must be ignored (section 4.3). */
export function parseTraceParent(header: string | undefined): SpanContext | null {
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(header ?? '') ?? []
  if (version === undefined || (version === '00' && more !== undefined)) return null
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED, isRemote: true }
  return isSpanContextValid(context) ? context : null
}

/** Returns the `traceparent` header that passes a span on. */
export function printTraceParent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & SAMPLED}`
}
