import { sha256Hex } from '../../../clients/base64url.ts'
import type { ConsoleConfig } from '../session/config.ts'
import type { Session } from '../session/session.ts'

/** The forms that the log knows (`EXPORT_FORMATS` of the contract). Printing is `pdf`. */
export type ExportFormat = 'csv' | 'xlsx' | 'pdf' | 'json'

/** The most requests that one entry names. */
const MOST_REQUESTS = 200

/** What is exported. */
export interface ExportedFile {
  /** The ids of the requests that gave the records. */
  readonly requests: readonly string[]
  readonly format: ExportFormat
  readonly rows: number
  /** The file. It has a salt, so that nobody guesses it from its digest in the log. */
  readonly file: Blob
}

/** The entries of an export in the log of the officer's authority. */
export interface NotedExport {
  readonly entries: readonly { readonly id: string; readonly index: number; readonly authority: string }[]
  /** SHA-256 of the file in hexadecimal digits. */
  readonly digest: string
}

/**
 * Notes an export in the log of the officer's authority, before the file is saved. More requests than one entry names make several entries.
 * @returns null if this authority notes no exports.
 * @throws {Error} if it could not be noted: then no file may be saved.
 */
export async function noteExport(
  {
    session,
    config,
  }: { readonly session: Pick<Session, 'sendTo'>; readonly config: Pick<ConsoleConfig, 'exports' | 'gateway'> },
  { requests, format, rows, file }: ExportedFile,
): Promise<NotedExport | null> {
  if (config.exports === null) return null
  if (requests.length === 0) throw new Error('expected the ids of the requests that gave the records; came none')
  const digest = await sha256Hex(await file.arrayBuffer())
  const entries: NotedExport['entries'][number][] = []
  for (let at = 0; at < requests.length; at += MOST_REQUESTS) {
    const body = JSON.stringify({ requests: requests.slice(at, at + MOST_REQUESTS), format, rows, digest })
    const headers = { 'content-type': 'application/json' }
    const response = await session.sendTo(config.gateway, config.exports.url, { method: 'POST', headers, body })
    const answer: unknown = await response.json().catch(() => ({}))
    entries.push(readEntry(response, answer as Readonly<Record<string, unknown>>))
  }
  return { entries, digest }
}

function readEntry({ status }: Response, body: Readonly<Record<string, unknown>>): NotedExport['entries'][number] {
  const { id, index, authority } = body
  if (status === 201 && typeof id === 'string' && typeof index === 'number' && typeof authority === 'string') {
    return { id, index, authority }
  }
  const word = [body.reason, body.error].find((each) => typeof each === 'string' && /^\w{1,64}$/.test(each))
  throw new Error(`${String(word ?? 'unknown')} (${status})`)
}
