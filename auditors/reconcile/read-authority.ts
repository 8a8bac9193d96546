import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { type Difference, MAX_SKEW_MS, ofLog, unreadableAt } from './classes.ts'
import { readWindow } from './read-gateway.ts'
import type { Side } from './sides.ts'

/** What a comparison reads of a mandate authority's log. Times are in milliseconds since the epoch. */

/** An exchange: a gateway got a country token. */
export interface ExchangeRecord {
  /** The issuer of the authority. */
  readonly authority: string
  /** The `jti` of the country token, and that of the access token. */
  readonly tokenId: string
  readonly grant: string
  readonly country: string
  /** The mandate's hash in hexadecimal digits, as legs name it. */
  readonly mandate: string
  /** The `jti` of the question; null if the access token is bound to no key. */
  readonly question: string | null
  readonly timeMs: number
  readonly expiresMs: number
  /** Why the authority should not have given the token; null if its log shows nothing against it. */
  readonly fault: string | null
}

/** What is known of an authority's log after it was read. */
export interface AuthoritySummary {
  readonly firstMs: number
  readonly lastMs: number
  /** The last exchange: the index behind its entry, and its time; null without one. */
  readonly lastExchange: { readonly endIndex: number; readonly timeMs: number } | null
  /** By the mandate's hash in hexadecimal digits: when it was revoked. */
  readonly revoked: ReadonlyMap<string, number>
  readonly differences: readonly Difference[]
}

/** The longest life of a country token, in milliseconds (docs/design/trust.md, The country token). */
const COUNTRY_TOKEN_MS = 300_000

interface Grant {
  readonly entry: EntryOf<'access-token'>
  readonly expiresMs: number
}

/** Reads an authority's log from its beginning, because mandates are older than what is asked on them. */
export async function readAuthority(
  side: Side,
  authority: string,
  take: (exchange: ExchangeRecord) => Promise<void>,
): Promise<AuthoritySummary> {
  const grants = new Map<string, Grant>()
  const approved = new Set<string>()
  const revoked = new Map<string, number>()
  const differences: Difference[] = []
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let lastExchange: AuthoritySummary['lastExchange'] = null
  for await (const { index, ...read } of readWindow(side, {})) {
    if (read.entry === undefined) {
      differences.push(unreadableAt(side.name, index, read.reason))
      continue
    }
    const { entry, timeMs } = read
    firstMs = Math.min(firstMs, timeMs)
    lastMs = Math.max(lastMs, timeMs)
    if (entry.kind === 'mandate') approved.add(toHex(entry.mandate))
    if (entry.kind === 'mandate-revocation') revoked.set(toHex(entry.mandate), timeMs)
    if (entry.kind === 'access-token') {
      dropEnded(grants, timeMs)
      grants.set(entry.tokenId, { entry, expiresMs: Date.parse(entry.expires) })
    }
    if (entry.kind !== 'country-token') continue
    lastExchange = { endIndex: index + 1, timeMs }
    const fault = findFault(entry, timeMs, { grant: grants.get(entry.grant), approved, revoked })
    await take({
      authority,
      tokenId: entry.tokenId,
      grant: entry.grant,
      country: entry.country,
      question: entry.question,
      mandate: toHex(entry.mandate),
      timeMs,
      expiresMs: Date.parse(entry.expires),
      fault,
    })
  }
  if (firstMs === Number.POSITIVE_INFINITY) {
    differences.push(
      ofLog('UNREADABLE', 'log', side.name, 0, `${side.name}: expected the log of an authority; came none`),
    )
  }
  return { firstMs, lastMs, lastExchange, revoked, differences }
}

function toHex(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('hex')
}

/** Forgets access tokens that ended. They are in about the order of their ends. */
function dropEnded(grants: Map<string, Grant>, nowMs: number): void {
  for (const [id, { expiresMs }] of grants) {
    if (expiresMs + 2 * MAX_SKEW_MS >= nowMs) return
    grants.delete(id)
  }
}

interface Known {
  readonly grant: Grant | undefined
  readonly approved: ReadonlySet<string>
  readonly revoked: ReadonlyMap<string, number>
}

function findFault(
  entry: EntryOf<'country-token'>,
  timeMs: number,
  { grant, approved, revoked }: Known,
): string | null {
  const mandate = toHex(entry.mandate)
  if (grant === undefined) return 'its access token is not in the log, or had ended'
  if (grant.expiresMs + MAX_SKEW_MS < timeMs) return 'its access token had ended'
  if (grant.entry.mandate !== entry.mandate) return 'its access token is on another mandate'
  if (grant.entry.officer !== entry.officer) return 'its access token is of another officer'
  if (grant.entry.gateway !== entry.gateway) return 'its access token is for another gateway'
  if (grant.entry.isBound && entry.question === null) return 'no question was shown for it'
  if (!approved.has(mandate)) return 'its mandate is not in the log'
  if (revoked.has(mandate)) return 'its mandate was revoked'
  if (Date.parse(entry.expires) - timeMs > COUNTRY_TOKEN_MS + MAX_SKEW_MS) return 'it lives longer than five minutes'
  return null
}
