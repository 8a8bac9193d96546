import { hash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../contract/access-token.ts'
import { type Detail, detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import { rememberByText } from '../../contract/remember-by-text.ts'
import type { Admission } from '../types/front.ts'
import { type DocumentsSettings, findDocument } from './documents.ts'
import { growingTo } from './growing-to.ts'
import { checkLimit, type Limits } from './limits.ts'
import type { Rate, Taken, TakeToken } from './rate.ts'
import { createMemoryBuckets } from './rate.ts'

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

/** Returns a hash that identifies a caller. What the gateway stores under it does not tell anybody who the caller is. */
export const callerKey = rememberByObject(({ issuer, subject }: Pick<Caller, 'issuer' | 'subject'>): string =>
  hash('sha256', JSON.stringify([issuer, subject]), 'base64url'),
)

/** Returns the name under which the requests of a caller are counted: a text that was just put together would be hashed for each look-up. */
const bucketOf = rememberByObject((caller: Caller): string => `caller ${callerKey(caller)}`)

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

/**
 * Checks the size of `variables` as they came. It walks without recursion, and stops at the limits.
 * @throws {IstmoError} `LIMIT_EXCEEDED`
 */
export function checkVariables(variables: unknown, limits: Limits): void {
  // Two stacks and not one of pairs, because this runs for each request.
  const values: unknown[] = [variables]
  const depths: number[] = [0]
  let count = -1
  let characters = 0
  while (values.length > 0) {
    const value = values.pop()
    const depth = depths.pop() ?? 0
    checkLimit(limits, 'variables', ++count)
    if (typeof value === 'string') characters += value.length
    if (typeof value === 'object' && value !== null) {
      checkLimit(limits, 'variableDepth', depth)
      const names = Object.keys(value)
      // Count all members before pushing any onto the stack: an object may have as many members as a request body holds.
      checkLimit(limits, 'variables', count + names.length)
      const isList = Array.isArray(value)
      for (const name of names) {
        if (!isList) characters += name.length
        values.push((value as Record<string, unknown>)[name])
        depths.push(depth + 1)
      }
    }
    checkLimit(limits, 'variableCharacters', characters)
  }
}

/** How many requests may be in progress at the same time. */
interface InFlightLimits {
  readonly ofCaller: number
  readonly ofAll: number
}

/**
 * Creates a function that counts the requests in progress. It counts a request in, and returns the function that counts it out again, which
 * must be called once.
 * @returns a function that throws {IstmoError} `TOO_MANY_IN_FLIGHT` if the caller of this key has too many requests in progress, and
 *   `GATEWAY_BUSY` if all callers together have.
 */
function createInFlight({ ofCaller, ofAll }: InFlightLimits): (key: string) => () => void {
  const counts = new Map<string, number>()
  let total = 0
  return (key) => {
    const count = counts.get(key) ?? 0
    if (count >= ofCaller) {
      throw new IstmoError('TOO_MANY_IN_FLIGHT', detail('IN_FLIGHT_OF_CALLER', { most: ofCaller }), {
        retryAfterSeconds: 1,
      })
    }
    if (total >= ofAll) {
      throw new IstmoError('GATEWAY_BUSY', detail('IN_FLIGHT_OF_ALL', { most: ofAll }), { retryAfterSeconds: 1 })
    }
    counts.set(key, count + 1)
    total += 1
    return () => {
      const left = (counts.get(key) ?? 1) - 1
      total -= 1
      if (left === 0) counts.delete(key)
      else counts.set(key, left)
    }
  }
}

// How many bytes callers without a token may add to the audit log. Each of their answers needs an entry, and a log must not be full because of
// strangers: then nobody would be answered.

/** What a request reserves before the size of its entry is known, in bytes. */
const RESERVED_BYTES = 4_096

/** How many networks the budget remembers. A network that it forgets has its complete budget again; the budget of all remains. */
const REMEMBERED_NETWORKS = 100_000

/** The rates of the budget, in bytes. Null: no limit. */
export interface EntryBudgetRates {
  readonly network: Rate | null
  readonly all: Rate | null
}

/** Reserves room in the audit log for the entry of one request. Throws {IstmoError} `RATE_LIMITED` if the budget is spent. */
export type ReserveEntry = (network: string) => ReturnType<Admission['reserveEntry']>

/**
 * Creates the budget.
 * @param nowS a clock in seconds that never goes back.
 */
export function createEntryBudget(
  { network: perNetwork, all }: EntryBudgetRates,
  nowS: () => number = () => performance.now() / 1_000,
): ReserveEntry {
  const networks = new LRUCache<string, Bucket>(growingTo(REMEMBERED_NETWORKS))
  const whole = all === null ? null : createBucket(all)
  return (network) => {
    const own = perNetwork === null ? null : (networks.get(network) ?? createBucket(perNetwork))
    if (own !== null) networks.set(network, own)
    const buckets = [own, whole].filter((bucket) => bucket !== null)
    const waitS = Math.max(0, ...buckets.map((bucket) => bucket.waitFor(RESERVED_BYTES, nowS())))
    if (waitS > 0) {
      throw new IstmoError('RATE_LIMITED', detail('NO_ROOM_FOR_STRANGERS'), { retryAfterSeconds: Math.ceil(waitS) })
    }
    for (const bucket of buckets) bucket.take(RESERVED_BYTES, nowS())
    return (bytes) => {
      // A large entry leaves a debt, which the next requests wait for.
      for (const bucket of buckets) bucket.take(bytes - RESERVED_BYTES, nowS())
    }
  }
}

interface Bucket {
  /** Returns after how many seconds the bucket has this many bytes; 0 if it has them. */
  waitFor(bytes: number, nowS: number): number
  /** Takes bytes, or gives them back if there are fewer than 0. */
  take(bytes: number, nowS: number): void
}

function createBucket({ perSecond, burst }: Rate): Bucket {
  let filled = burst
  let atS = Number.NEGATIVE_INFINITY
  const fill = (nowS: number): void => {
    if (atS !== Number.NEGATIVE_INFINITY) filled = Math.min(burst, filled + Math.max(0, nowS - atS) * perSecond)
    atS = nowS
  }
  return {
    waitFor(bytes, nowS) {
      fill(nowS)
      // A budget that is smaller than one reservation lets one request pass whenever it is full.
      const missing = Math.min(bytes, burst) - filled
      return missing <= 1e-6 ? 0 : missing / perSecond
    },
    take(bytes, nowS) {
      fill(nowS)
      filled = Math.min(burst, filled - bytes)
    },
  }
}
