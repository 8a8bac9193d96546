import type { Logger } from 'pino'
import { isDomain } from '../../contract/domain.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import type { SuspensionStatement } from '../../contract/trust/suspension.ts'
import { ConfigError } from '../../service/config-error.ts'
import type { CallerPartner } from '../../service/country-file-callers.ts'
import { createTlsPools } from '../../service/http/tls-pools.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { entryOfAct } from '../../service/suspensions/entry-of-act.ts'
import type { Suspension, SuspensionSubject } from '../../service/suspensions/find-suspension.ts'
import { type FeedStatus, type FollowedFeed, followFeed } from '../../service/suspensions/follow-feed.ts'
import { signersWith } from '../../service/suspensions/suspenders.ts'
import { openSuspensions, type Signers, type Suspensions } from '../../service/suspensions/suspensions.ts'
import { openAuthorityKeys } from '../../service/trust/mandate-proof.ts'
import type { NodeAuditLog } from './audit-log/node-audit-log.ts'
import type { CountryRules } from './rules.ts'

/**
 * What is suspended at a node, by its country's own statements and by those of the authorities whose callers it believes (docs/design/trust.md,
 * Stop). It is looked up for each leg, so that it takes effect with the next one.
 */
export interface SuspendedLegs {
  /**
   * Checks a leg whose caller was verified.
   * @throws {IstmoError} `SUSPENDED` if the country's rows or the domain are suspended, `CALLER_SUSPENDED` if what the leg asks with is, and
   *   `AUTHORITY_UNAVAILABLE` if the caller's authority must be heard and is silent.
   */
  readonly check: (claims: LegClaims, domain: string, keys: readonly string[]) => void
  /** Whether a key or a certificate is suspended, by its thumbprint. */
  readonly isKeySuspended: (thumbprint: string) => boolean
  /** Calls back with the thumbprints of all suspended keys whenever they change. */
  readonly onKeysSuspended: (changed: (thumbprints: readonly string[]) => void) => void
  readonly isFieldSuspended: (coordinate: string) => boolean
  /** Returns the body of `GET /suspensions`; null if the node has no folder of suspensions. */
  readonly feed: (after: number) => string | null
  /** Returns what the operator sees: what is suspended, since when and by whom, and which authorities are silent. */
  readonly status: () => SuspensionStatus
  /** Follows the authorities of other rules, and takes statements of their suspenders. */
  readonly replaceRules: (rules: CountryRules) => Promise<void>
  readonly close: () => Promise<void>
}

/** What is suspended at a node. `source`: the authority whose statement it is; null for the country's own suspenders. */
export interface SuspensionStatus {
  readonly inForce: readonly (Omit<Suspension, 'since'> & { readonly source: string | null; readonly since: string })[]
  readonly feeds: readonly FeedStatus[]
}

/** What {@link openSuspendedLegs} works with. */
export interface SuspendedLegsOptions {
  readonly country: string
  /** Absent: nothing can be suspended. */
  readonly folder: string | undefined
  readonly rules: CountryRules
  readonly auditLog: Pick<NodeAuditLog, 'writeAct' | 'refsOf'> | null
  /** Whether the node's schemas have a field. */
  readonly hasField: (typeName: string, fieldName: string) => boolean
  readonly log: Logger
}

/** A node without a folder of suspensions. */
export const NOTHING_SUSPENDED: SuspendedLegs = {
  check: () => undefined,
  isKeySuspended: () => false,
  onKeysSuspended: () => undefined,
  isFieldSuspended: () => false,
  feed: () => null,
  status: () => ({ inForce: [], feeds: [] }),
  replaceRules: async ({ callers }) => requireNobody(callers),
  close: async () => undefined,
}

/**
 * Opens what is suspended at a node.
 * @throws {ConfigError} if the country's file demands to hear an authority, and the node has no folder of suspensions.
 * @throws {Error} if another process has the folder, or if what it keeps is damaged.
 */
export async function openSuspendedLegs(options: SuspendedLegsOptions): Promise<SuspendedLegs> {
  const { folder, rules, log, auditLog } = options
  if (folder === undefined) {
    requireNobody(rules.callers)
    return NOTHING_SUSPENDED
  }
  if (rules.suspenders.length === 0)
    log.warn('the country’s file names no `suspenders`, so nobody can suspend anything')
  const note = auditLog && ((act: Parameters<typeof entryOfAct>[0]) => auditLog.writeAct(entryOfAct(act, null)))
  const own = await openSuspensions({
    folder,
    signers: rules.suspenders,
    log,
    reject: (statement) => rejectForeign(statement, options),
    ...(note && { note }),
  })
  const feeds = createFeeds(folder, options, (kid) => own.find({ keys: [kid] }) !== null)
  await feeds.replace(rules.callers)
  return {
    check: createCheck(own, feeds, options),
    isKeySuspended: (thumbprint) => own.find({ keys: [thumbprint] }) !== null,
    onKeysSuspended(changed) {
      own.onChange(() => changed(own.list().flatMap(({ kind, value }) => (kind === 'key' ? [value] : []))))
    },
    isFieldSuspended: (coordinate) => own.has('coordinate') && own.find({ coordinates: [coordinate] }) !== null,
    feed: own.feed,
    status: () => showStatus(own, feeds.list()),
    async replaceRules({ suspenders, callers }) {
      own.replaceSigners(suspenders)
      await feeds.replace(callers)
    },
    async close() {
      await feeds.close()
      await own.close()
    },
  }
}

function requireNobody(callers: readonly CallerPartner[]): void {
  const required = callers.find(({ revocation }) => revocation === 'required')
  if (required === undefined) return
  throw new ConfigError(
    `callers: expected a folder for what ${required.authority} revokes (revocation: required); came none. Set --suspensions (SUSPENSIONS_DIR).`,
  )
}

function showStatus(own: Suspensions, followed: readonly FollowedFeed[]): SuspensionStatus {
  const sources = [
    { source: null, list: own.list() },
    ...followed.map((one) => ({ source: one.status().name, list: one.list() })),
  ]
  const inForce = sources.flatMap(({ source, list }) =>
    list.map(({ since, ...one }) => ({ source, ...one, since: new Date(since * 1_000).toISOString() })),
  )
  return { inForce, feeds: followed.map((one) => one.status()) }
}

/** Says why a statement would stop nothing at this node, although its signer believes that it does. */
function rejectForeign(
  { kind, value }: SuspensionStatement,
  { country, hasField }: SuspendedLegsOptions,
): string | null {
  if (kind === 'country' && value !== country) {
    return `expected ${country}, whose rows these are; came ${value}. To refuse the callers of ${value}, suspend its authority`
  }
  if (kind === 'domain' && !isDomain(value)) return 'expected a domain of the contract'
  const [typeName = '', fieldName = ''] = value.split('.')
  if (kind === 'coordinate' && !hasField(typeName, fieldName))
    return 'expected a field of a domain that this node serves'
  return null
}

function createCheck(
  own: Suspensions,
  feeds: Feeds,
  { country, auditLog }: SuspendedLegsOptions,
): SuspendedLegs['check'] {
  return (claims, domain, keys) => {
    const rows = own.find({ country, domain })
    if (rows !== null) throw new IstmoError('SUSPENDED', `${rows.kind}, by ${rows.by}`)
    const authority = claims.verified?.authority ?? claims.caller_iss
    const feed = authority === undefined ? undefined : feeds.of(authority)
    const namesOfficers = own.has('officer') || (feed?.has('officer') ?? false)
    const refs = namesOfficers && authority !== undefined ? auditLog?.refsOf(authority, claims.sub) : []
    const subject = describeCaller(claims, authority, keys, refs ?? [])
    const found = own.find(subject) ?? feed?.find(subject) ?? null
    if (found !== null) throw new IstmoError('CALLER_SUSPENDED', `${found.kind}, by ${found.by}`)
    const { required, isSilent } = feed?.status() ?? { required: false, isSilent: false }
    if (required && isSilent) throw new IstmoError('AUTHORITY_UNAVAILABLE')
  }
}

/** Describes what a leg asks with, under each name that somebody may have suspended. */
function describeCaller(
  { sub, jti, caller_jti, caller_token, org, mandate, verified }: LegClaims,
  authority: string | undefined,
  certificates: readonly string[],
  refs: readonly string[],
): SuspensionSubject {
  const keys = verified === undefined ? certificates : [...certificates, ...Object.values(verified.keys)]
  const hashes = [caller_token, verified?.tokenHash, verified?.accessTokenHash].filter((hash) => hash !== undefined)
  const ids = [jti, caller_jti, verified?.tokenId].filter((id) => id !== undefined)
  const inHex = hashes.map((hash) => Buffer.from(hash, 'base64url').toString('hex'))
  return {
    keys,
    token: [...ids, ...hashes, ...inHex],
    ...(authority !== undefined && { authority, officer: [sub, ...refs] }),
    ...(org?.agency !== undefined && { agency: org.agency }),
    ...(mandate?.task_force !== undefined && { taskForce: mandate.task_force }),
    ...(verified !== undefined && { mandate: verified.mandate }),
  }
}

/** Returns where an authority says what it suspends: beside its key set, or below its name if the country has the key set as a file. */
function feedAddress({ authority, jwks }: CallerPartner): string {
  return new URL('suspensions', /^https?:/i.test(jwks) ? jwks : `${authority.replace(/\/$/, '')}/`).href
}

/** The feeds of the authorities that a country's file names. */
interface Feeds {
  readonly of: (authority: string) => FollowedFeed | undefined
  readonly list: () => readonly FollowedFeed[]
  readonly replace: (callers: readonly CallerPartner[]) => Promise<void>
  readonly close: () => Promise<void>
}

function createFeeds(
  folder: string,
  { auditLog, log }: SuspendedLegsOptions,
  isKeySuspended: (kid: string) => boolean,
): Feeds {
  const pools = createTlsPools()
  const byAuthority = new Map<string, { readonly form: string; readonly feed: FollowedFeed }>()
  const open = async (partner: CallerPartner): Promise<FollowedFeed> => {
    const { authority: name, revocation, tls: trust } = partner
    const url = feedAddress(partner)
    const isEnded = (kid: string): boolean =>
      isKeySuspended(kid) || (byAuthority.get(name)?.feed.find({ keys: [kid] }) ?? null) !== null
    const signers = await signersOf(partner, isEnded)
    const whom = { name, url, signers, required: revocation === 'required', ...(trust && { trust }) }
    const note = auditLog && ((act: Parameters<typeof entryOfAct>[0]) => auditLog.writeAct(entryOfAct(act, name)))
    return followFeed(whom, { folder, log, pools, ...(note && { note }) })
  }
  const replace: Feeds['replace'] = async (callers) => {
    const wanted = new Map(callers.map((partner) => [partner.authority, { partner, form: formOf(partner) }]))
    for (const [authority, { form, feed }] of byAuthority) {
      if (wanted.get(authority)?.form === form) continue
      byAuthority.delete(authority)
      await feed.close()
    }
    const added = [...wanted.values()].filter(({ partner }) => !byAuthority.has(partner.authority))
    await Promise.all(
      added.map(async ({ partner, form }) => {
        byAuthority.set(partner.authority, { form, feed: await open(partner) })
      }),
    )
  }
  return {
    of: (authority) => byAuthority.get(authority)?.feed,
    list: () => [...byAuthority.values()].map(({ feed }) => feed),
    replace,
    async close() {
      await replace([])
      await pools.close()
    },
  }
}

/** Writes what of a partner its feed depends on. */
function formOf({ authority, jwks, tls, keys, revocation }: CallerPartner): string {
  return JSON.stringify([authority, jwks, tls, [...keys].sort(), revocation])
}

/** An authority signs its statements with a pinned key of its own that nobody has suspended, and owns what it suspends. */
async function signersOf(
  { authority, jwks, tls, keys }: CallerPartner,
  isKeySuspended: (kid: string) => boolean,
): Promise<Signers> {
  const findKey = await openAuthorityKeys(jwks, keys, { fetch: createTrustedFetch(tls) })
  return async (name, kid) => (name === authority && !isKeySuspended(kid) ? signersWith(name, await findKey(kid)) : [])
}
