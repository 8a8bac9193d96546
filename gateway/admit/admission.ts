import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../contract/access-token.ts'
import { IstmoError } from '../../contract/errors.ts'
import { checkDocument } from './check-document.ts'
import { checkVariables } from './check-variables.ts'
import { type AskedDocument, type DocumentsSettings, findDocument } from './documents.ts'
import type { Limits } from './limits.ts'
import { createMemoryBuckets } from './memory-buckets.ts'
import type { Rate, TakeToken } from './rate.ts'

/** How many documents are known to be within the limits, by their hash. */
const KEPT_DOCUMENTS = 10_000

/** What {@link createAdmission} works with. */
export interface AdmissionOptions {
  readonly limits: Limits
  /** The trusted documents of the moment; null: any document may be asked. */
  readonly documents: () => DocumentsSettings | null
  /** How many requests one caller may send; null: any number. */
  readonly callerRate: Rate | null
  readonly takeToken: TakeToken
}

/** Who is let in, and with what, before a document is parsed. */
export interface Admission {
  /**
   * Counts one request of a caller. Who shows no token is counted by address, in this process's memory alone.
   * Rejects with {IstmoError} `RATE_LIMITED`.
   */
  request(caller: Caller | null, address: string): Promise<void>
  /**
   * Checks document and variables against the list of trusted documents and the limits. Answers the listed text that is asked for; null
   * where the request stands as it came. What is no text is left to the server that says so.
   * @throws {IstmoError} `LIMIT_EXCEEDED`, `DOCUMENT_NOT_TRUSTED`, `GRAPHQL_VALIDATION_FAILED`.
   */
  document(asked: AskedDocument): string | null
}

/** The room's door: what comes in by HTTP passes here first. */
export function createAdmission(options: AdmissionOptions): Admission {
  const { limits, callerRate } = options
  const known = new LRUCache<string, true>({ max: KEPT_DOCUMENTS })
  const takeForAddress = createMemoryBuckets()
  const checkOnce = (text: string): void => {
    const hash = createHash('sha256').update(text).digest('base64')
    if (known.has(hash)) return
    checkDocument(text, limits)
    known.set(hash, true)
  }
  return {
    async request(caller, address) {
      if (callerRate === null) return
      if (caller === null) await acceptOrReject(takeForAddress, networkOf(address), callerRate)
      else await acceptOrReject(options.takeToken, `caller ${callerKey(caller)}`, callerRate)
    },
    document(asked) {
      const documents = options.documents()
      const listed = documents === null ? null : findDocument(asked, documents)
      const text = listed ?? asked.query
      if (typeof text === 'string') checkOnce(text)
      checkVariables(asked.variables, limits)
      return listed
    },
  }
}

/** Takes a token. Rejects with {IstmoError} `RATE_LIMITED`, which says when there is one again. */
export async function acceptOrReject(take: TakeToken, key: string, rate: Rate): Promise<void> {
  const taken = await take(key, rate)
  if (taken.isTaken) return
  const retryAfterSeconds = Math.max(1, Math.ceil(taken.waitSeconds))
  const detail = `expected at most ${rate.perSecond} a second, and ${rate.burst} at once; came more`
  throw new IstmoError('RATE_LIMITED', detail, { retryAfterSeconds })
}

/** A caller without a name: what is kept of one tells nobody who it is. */
export function callerKey({ issuer, subject }: Pick<Caller, 'issuer' | 'subject'>): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url')
}

/** An IPv6 host has at least a whole /64 of addresses. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter((group) => group !== '')
  const below = tail === undefined ? 0 : tail.split(':').filter((group) => group !== '').length
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - below)
  return [...groups, ...Array.from({ length: zeros }, () => '0')].slice(0, 4).join(':')
}
