/** The legs that an auditor compares: those of logs, and those that a question makes if it is asked again. */

/** A leg that a question makes, if it is asked again. */
export interface DerivedLeg {
  readonly country: string | null
  readonly domain: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** A leg that a log has. */
export interface RecordedLeg {
  readonly country: string | null
  readonly domain: string
  /** SHA-256 of the query's text in hexadecimal digits; null if the leg was not sent. */
  readonly operationHash: string | null
  /** Null if the leg was not sent: then the log says only why a country was not asked. */
  readonly requestHash: string | null
  /** The outcome, such as `ANSWERED` or `UNAVAILABLE, CONNECTION`. */
  readonly outcome: string
  /** Whether it was merged into another leg, and taken out of it again: then its text is as {@link plainText} writes it. */
  readonly isPart?: boolean
  /** The body of the leg, if it could be opened: it has the hash that the log has. */
  readonly opened: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> } | null
}

/** A recorded leg with the answer to it, if the tool has it. */
export interface AnsweredLeg {
  readonly recorded: RecordedLeg
  /** The parsed answer; undefined if it is not at hand. */
  readonly body: unknown
}

/** Writes a value so that equal values have equal texts: the members of objects are sorted. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{${members
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`)
    .join(',')}}`
}
