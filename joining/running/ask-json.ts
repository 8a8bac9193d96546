import { parseJson } from '../../contract/json-value.ts'
import { readBounded } from '../../service/http/read-bounded.ts'
import type { ServerTrust } from '../../service/http/server-trust.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'

/** How long another side may take, in milliseconds. */
const DEADLINE_MS = 5_000

/** How much of an answer is read, in bytes: a checkpoint has a signature of each witness, and a status a line for each country. */
const MAX_BYTES = 1_048_576

/** What a server said. */
export interface JsonAnswer {
  readonly status: number
  readonly headers: Headers
  /** undefined if it is not JSON. */
  readonly body: unknown
  /** When the head came, in milliseconds since the epoch. */
  readonly headAtMs: number
}

/** Asks a server for JSON. It follows no redirect. Rejects if the server does not answer in time, is not the one of `trust`, or sends more than a mebibyte. */
export async function askJson(url: string | URL, trust?: ServerTrust): Promise<JsonAnswer> {
  const response = await createTrustedFetch(trust)(url, {
    signal: AbortSignal.timeout(DEADLINE_MS),
    redirect: 'error',
  })
  const headAtMs = Date.now()
  const body = parseJson(await readBounded(response, MAX_BYTES, 'an answer'))
  const { status, headers } = response
  return { status, headers, body, headAtMs }
}

/** Says why a server did not answer, with the cause that `fetch` hides in its error. */
export function causeOf(error: unknown): unknown {
  return (error as { readonly cause?: unknown }).cause ?? error
}
