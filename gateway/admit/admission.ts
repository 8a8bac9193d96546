import { hash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Caller } from '../../contract/access-token.ts'
import { type Detail, detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { rememberByText } from '../../contract/remember-by-text.ts'
import { checkVariables } from './check-variables.ts'
import { type DocumentsSettings, findDocument, type RequestedDocument } from './documents.ts'
import { createEntryBudget, type EntryBudgetRates, type SettleEntry } from './entry-budget.ts'
import { createInFlight, type InFlightLimits } from './in-flight.ts'
import type { Limits } from './limits.ts'
import { createMemoryBuckets } from './memory-buckets.ts'
import type { Rate, Taken, TakeToken } from './rate.ts'

/** What {@link createAdmission} works with. */
export interface AdmissionOptions {
  readonly limits: Limits
  /** Returns the trusted documents in force now; null: a caller may ask any document. */
  readonly documents: () => DocumentsSettings | null
  /** How many requests one caller may send; null: any number. */
  readonly callerRate: Rate | null
  readonly takeToken: TakeToken
  readonly inFlight: InFlightLimits
  /** How many bytes of the audit log requests without a token may use. */
  readonly entryBudget: EntryBudgetRates
}

/** Decides, before a document is parsed, whether to admit the caller and the request. */
export interface Admission {
  /**
   * Counts one request of a caller. It counts a caller without a token by address, and only in this process's memory.
   * Rejects with {IstmoError} `RATE_LIMITED`.
   * @returns undefined if there is no rate.
   */
  request(caller: Caller | null, address: string): Promise<void> | undefined
  /**
   * Counts a request in, whose body was read. It counts a caller without a token by address.
   * @returns a function that counts it out again. It must be called once.
   * @throws {IstmoError} `TOO_MANY_IN_FLIGHT`, `GATEWAY_BUSY`.
   */
  enter(caller: Caller | null, address: string): () => void
  /**
   * Reserves room in the audit log for the entry of a request without a token, by the network of its address.
   * @returns the function that takes the entry's real size.
   * @throws {IstmoError} `RATE_LIMITED` if such requests have used up their room.
   */
  reserveEntry(address: string): SettleEntry
  /**
   * Checks the document against the list of trusted documents, and the variables against the limits. `readDocument` checks the size of the
   * document, on the planning thread.
   * @returns the listed text that the request asks for; null if the request stays as it came.
   * @throws {IstmoError} `LIMIT_EXCEEDED`, `DOCUMENT_NOT_TRUSTED`.
   */
  document(requested: RequestedDocument): string | null
}

/** Creates the checks that every HTTP request passes first. */
export function createAdmission(options: AdmissionOptions): Admission {
  const { limits, callerRate } = options
  const takeForAddress = createMemoryBuckets()
  const enter = createInFlight(options.inFlight)
  const reserveEntry = createEntryBudget(options.entryBudget)
  return {
    request(caller, address) {
      if (callerRate === null) return undefined
      if (caller === null) return acceptOrReject(takeForAddress, networkOf(address), callerRate)
      return acceptOrReject(options.takeToken, bucketOf(caller), callerRate)
    },
    enter: (caller, address) => enter(caller === null ? networkOf(address) : bucketOf(caller)),
    reserveEntry: (address) => reserveEntry(networkOf(address)),
    document(requested) {
      const documents = options.documents()
      const listed = documents === null ? null : findDocument(requested, documents)
      checkVariables(requested.variables, limits)
      return listed
    },
  }
}

/** Takes tokens. Rejects with {IstmoError} `RATE_LIMITED` if they are not there; the error says when they come. */
export async function acceptOrReject(take: TakeToken, key: string, rate: Rate, tokens = 1): Promise<void> {
  const taken = await take(key, rate, tokens)
  if (!taken.isTaken) throw rateLimited(taken, detail('RATE', { perSecond: rate.perSecond, burst: rate.burst }))
}

/** Makes the error `RATE_LIMITED` of a use for which no tokens were there. It says when they come. */
export function rateLimited({ waitSeconds }: Extract<Taken, { isTaken: false }>, why: Detail): IstmoError {
  return new IstmoError('RATE_LIMITED', why, { retryAfterSeconds: Math.max(1, Math.ceil(waitSeconds)) })
}

/** Keys by objects that nobody changes, and that live as long as their token is cached. */
const callerKeys = new WeakMap<object, string>()

/** Returns a hash that identifies a caller. What the gateway stores under it does not tell anybody who the caller is. */
export function callerKey(caller: Pick<Caller, 'issuer' | 'subject'>): string {
  const known = callerKeys.get(caller)
  if (known !== undefined) return known
  const key = hash('sha256', JSON.stringify([caller.issuer, caller.subject]), 'base64url')
  callerKeys.set(caller, key)
  return key
}

/** Names of buckets, made once for each caller: a text that was just put together would be hashed for each look-up. */
const buckets = new WeakMap<object, string>()

/** Returns the name under which the requests of a caller are counted. */
function bucketOf(caller: Caller): string {
  const known = buckets.get(caller)
  if (known !== undefined) return known
  const bucket = `caller ${callerKey(caller)}`
  buckets.set(caller, bucket)
  return bucket
}

/** Returns the network to count an address by: an IPv6 host has at least a complete /64 of addresses. */
const networkOf = rememberByText(
  (address) => {
    if (!isIPv6(address) || address.startsWith('::ffff:')) return address
    const [head = '', tail] = address.split('::')
    const groups = head.split(':').filter((group) => group !== '')
    const tailLength = tail === undefined ? 0 : tail.split(':').filter((group) => group !== '').length
    const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - tailLength)
    return [...groups, ...Array.from({ length: zeros }, () => '0')].slice(0, 4).join(':')
  },
  { maxTexts: 1_000 },
)
