import type { LegEvidence } from './evidence.ts'

/**
 * What a tool keeps of its questions, for itself and for auditors (docs/design/trust.md, The journal): one line of JSON before a question is sent,
 * and one when it was answered. A line has the values of the question, and what the countries answered.
 */

/** A question that was signed and is about to be sent. */
export interface AskedLine {
  readonly v: 2
  readonly kind: 'asked'
  /** RFC 3339, by the clock of this machine. */
  readonly at: string
  /** The gateway's address. */
  readonly gateway: string
  /** The id of the statement. */
  readonly jti: string
  /** The statement with all its disclosures. */
  readonly statement: string
  /** The exact text that is sent as `query`. */
  readonly document: string
  /** The mandate as the access token says it; null if the tool cannot read it. */
  readonly mandate: unknown
}

/** The answer to a question, and what proves it. */
export interface AnsweredLine {
  readonly v: 2
  readonly kind: 'answered'
  readonly at: string
  readonly jti: string
  readonly status: number
  /** The codes of the answer's errors, each once, sorted. */
  readonly codes: readonly string[]
  /** The id of the gateway's entry; null if it said none. */
  readonly requestId: string | null
  /** The value of the header `Istmo-Log-Proof`: that the entry is in the gateway's log. */
  readonly proof: string | null
  /** What the gateway showed of the legs (docs/design/trust.md, Evidence). */
  readonly evidence: JournalEvidence | null
}

/** The evidence of an answer. `salt`: that of the statement's hash in the gateway's entry. */
export interface JournalEvidence {
  readonly legs: readonly LegEvidence[]
  readonly leftOff: number
  readonly salt: string | null
}

/** A line of a journal. */
export type JournalLine = AskedLine | AnsweredLine

/** Writes a line. It resolves when the line is kept for good, because a question is sent only then. */
export type WriteJournal = (line: JournalLine) => void | Promise<void>

/** Makes the line of an answer. `body`: the parsed answer. */
export function toAnsweredLine(
  jti: string,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  body: unknown,
  at: string,
): AnsweredLine {
  const { errors, extensions } = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[]
    readonly extensions?: { readonly istmo?: { readonly evidence?: JournalEvidence } }
  }
  const codes = (Array.isArray(errors) ? errors : []).map((error) => String(error?.extensions?.code))
  return {
    v: 2,
    kind: 'answered',
    at,
    jti,
    status,
    codes: [...new Set(codes)].sort(),
    requestId: headers.get('istmo-request-id'),
    proof: headers.get('istmo-log-proof'),
    evidence: extensions?.istmo?.evidence ?? null,
  }
}
