import { sha256Url, toBase64Url } from '../../../clients/base64url.ts'
import type { ConsoleConfig } from '../session/config.ts'
import type { Session } from '../session/session.ts'

/** The forms in which records leave the console. Printing is `pdf`. */
export type ExportFormat = 'csv' | 'xlsx' | 'pdf'

/** The most requests that one entry names. */
const MOST_REQUESTS = 200

/** What is exported. */
export interface ExportedRecords {
  /** The ids of the requests that gave the records. */
  readonly requests: readonly string[]
  readonly format: ExportFormat
  readonly rows: number
  /** The records as CSV. */
  readonly records: string
}

/** The entry of an export in the log of the officer's authority, for the file. */
export interface NotedExport {
  readonly entries: readonly { readonly id: string; readonly index: number; readonly authority: string }[]
  /** 128 bits. It is in the file only, so that nobody can guess records from the log. */
  readonly salt: string
  /** SHA-256 of the salt, a line feed and the records, base64url. */
  readonly digest: string
}

/**
 * Notes an export in the log of the officer's authority, before the file is made. More requests than one entry names make several entries.
 * @returns null if this authority notes no exports.
 * @throws {Error} if it could not be noted: then there must be no file.
 */
export async function noteExport(
  {
    session,
    config,
  }: { readonly session: Pick<Session, 'sendTo'>; readonly config: Pick<ConsoleConfig, 'exports' | 'gateway'> },
  { requests, format, rows, records }: ExportedRecords,
): Promise<NotedExport | null> {
  if (config.exports === null) return null
  if (requests.length === 0) throw new Error('expected the ids of the requests that gave the records; came none')
  const salt = toBase64Url(crypto.getRandomValues(new Uint8Array(16)))
  const digest = await sha256Url(`${salt}\n${records}`)
  const entries: NotedExport['entries'][number][] = []
  for (let at = 0; at < requests.length; at += MOST_REQUESTS) {
    const body = JSON.stringify({ requests: requests.slice(at, at + MOST_REQUESTS), format, rows, digest })
    const headers = { 'content-type': 'application/json' }
    const response = await session.sendTo(config.gateway, config.exports.url, { method: 'POST', headers, body })
    const answer: unknown = await response.json().catch(() => ({}))
    entries.push(readEntry(response, answer as Readonly<Record<string, unknown>>))
  }
  return { entries, salt, digest }
}

function readEntry({ status }: Response, body: Readonly<Record<string, unknown>>): NotedExport['entries'][number] {
  const { id, index, authority } = body
  if (status === 201 && typeof id === 'string' && typeof index === 'number' && typeof authority === 'string') {
    return { id, index, authority }
  }
  const word = [body.reason, body.error].find((each) => typeof each === 'string' && /^\w{1,64}$/.test(each))
  throw new Error(`${String(word ?? 'unknown')} (${status})`)
}
