/** Asks oversight, the auditors' GraphQL. Each question is an entry of oversight's own log before the answer comes. */

/** Sends a request to oversight with the session's token and a proof of its key. Rejects if nobody answers. */
export type SendToOversight = (init: RequestInit & { readonly method: 'POST' }) => Promise<Response>

/** How much of a log an answer is about. */
export interface AnsweredLog {
  readonly origin: string
  readonly size: number
  /** Entries that this version of oversight cannot read. */
  readonly unreadable: number
  /** Why nobody may rely on the log to its end (auditors/oversight/schema.graphql, LogProblem); null if it was read to its end. */
  readonly problem: string | null
}

/** An answer. `data` has null where oversight gave nothing; `errors` says why. */
export interface OversightAnswer<Data> {
  readonly data: Data
  readonly errors: readonly OversightError[]
  readonly logs: readonly AnsweredLog[]
}

/** The name of a question to oversight: documents.ts has its text. */
export type OversightDocument =
  | 'counts'
  | 'entries'
  | 'entry'
  | 'entryWords'
  | 'mandateActs'
  | 'patterns'
  | 'reportCounts'
  | 'viewer'
  | 'whoSaw'

/** A function that asks oversight. */
export type AskOversight = <Data>(
  document: OversightDocument,
  variables: Readonly<Record<string, unknown>>,
) => Promise<OversightAnswer<Data>>

/** Why oversight gave nothing at a place. `code` is one of docs/querying.md; the message is in the language that was asked for. */
export interface OversightError {
  readonly code: string
  readonly message: string
}

/** Oversight did not answer. `code` is that of its error, or `NOT_REACHED` or `NOT_UNDERSTOOD`. */
export class OversightRefusedError extends Error {
  override readonly name = 'OversightRefusedError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

interface AnswerBody {
  readonly data?: unknown
  readonly errors?: unknown
  readonly extensions?: { readonly logs?: unknown }
}

/**
 * Asks one question for the purpose OVERSIGHT.
 * @param language of the messages
 * @throws {OversightRefusedError} if there is no answer with data.
 */
export async function askOversight<Data>(
  send: SendToOversight,
  document: string,
  variables: Readonly<Record<string, unknown>>,
  language: 'es' | 'en',
): Promise<OversightAnswer<Data>> {
  const response = await send({
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'accept-language': language,
      // The mandate may have several purposes. Nobody reads logs for any other.
      'istmo-mandate': 'purpose=OVERSIGHT',
    },
    body: JSON.stringify({ query: document, variables }),
  }).catch((cause: unknown) => {
    throw new OversightRefusedError('NOT_REACHED', 'expected an answer of oversight; came none', { cause })
  })
  const body: unknown = await response.json().catch(() => null)
  const { data, errors, extensions } = (typeof body === 'object' && body !== null ? body : {}) as AnswerBody
  const read = readErrors(errors)
  if (typeof data === 'object' && data !== null) {
    return { data: data as Data, errors: read, logs: readLogs(extensions?.logs) }
  }
  const [first] = read
  if (first !== undefined) throw new OversightRefusedError(first.code, first.message)
  const came = `expected a GraphQL answer of oversight; came one of status ${response.status}`
  throw new OversightRefusedError('NOT_UNDERSTOOD', came)
}

function readErrors(errors: unknown): readonly OversightError[] {
  if (!Array.isArray(errors)) return []
  return errors.map((error: unknown) => {
    const { message, extensions } = Object(error) as { message?: unknown; extensions?: { code?: unknown } }
    return { code: String(extensions?.code ?? 'UNKNOWN'), message: String(message ?? '') }
  })
}

function readLogs(logs: unknown): readonly AnsweredLog[] {
  if (!Array.isArray(logs)) return []
  return logs.map((log: unknown) => {
    const { origin, size, unreadable, isCurrent, problem } = Object(log) as Readonly<Record<string, unknown>>
    return {
      origin: String(origin),
      size: Number(size),
      unreadable: Number(unreadable),
      // Whoever does not say that a log was read to its end has not read it.
      problem: isCurrent === true ? null : typeof problem === 'string' ? problem : 'FAILED',
    }
  })
}
