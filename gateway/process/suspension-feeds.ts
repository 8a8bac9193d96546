/** The feeds that the gateway follows: of countries whose files name suspenders, and of issuers that are authorities. */
import type { Logger } from 'pino'
import type { Issuer } from '../../service/authenticate/issuer.ts'
import type { ServerTrust } from '../../service/http/server-trust.ts'
import type { TlsPools } from '../../service/http/tls-pools.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { entryOfAct } from '../../service/suspensions/entry-of-act.ts'
import { type Feed, type FollowedFeed, followFeed } from '../../service/suspensions/follow-feed.ts'
import { signersWith } from '../../service/suspensions/suspenders.ts'
import type { Signers } from '../../service/suspensions/suspensions.ts'
import { openAuthorityKeys } from '../../service/trust/mandate-proof.ts'
import type { Participant } from '../types/participant.ts'
import type { RunningAuditLog } from './audit-log.ts'
import { readAuthorities } from './authorities.ts'

/** What {@link createFeeds} works with, besides the folder. */
export interface FeedsOptions {
  readonly issuers: readonly Issuer[]
  readonly pools: TlsPools
  readonly auditLog: RunningAuditLog | null
  readonly log: Logger
  /** Whether somebody suspended a key at the gateway, by its thumbprint. */
  readonly isKeySuspended: (kid: string) => boolean
}

/** The feeds that the gateway follows. */
export type Feeds = ReturnType<typeof createFeeds>

interface Followed {
  readonly form: string
  readonly name: string
  readonly feed: FollowedFeed
}

/**
 * Creates the feeds. It follows nobody before the first call of `follow`.
 * @param changed called after each act that counts.
 */
export function createFeeds(
  folder: string,
  { issuers, pools, auditLog, log, isKeySuspended }: FeedsOptions,
  changed: () => void,
) {
  const followed = new Map<string, Followed>()
  let byName: ReadonlyMap<string, readonly FollowedFeed[]> = new Map()
  const authorities = listAuthorityFeeds(issuers, (issuer, kid) => {
    const told = byName.get(issuer) ?? []
    return isKeySuspended(kid) || told.some((feed) => feed.find({ keys: [kid] }) !== null)
  })
  const replace = async (wanted: readonly Feed[]): Promise<void> => {
    const forms = new Map(wanted.map((feed) => [keyOf(feed), { feed, form: formOf(feed) }]))
    for (const [key, { form, feed }] of followed) {
      if (forms.get(key)?.form === form) continue
      followed.delete(key)
      await feed.close()
    }
    const added = [...forms].filter(([key]) => !followed.has(key))
    await Promise.all(
      added.map(async ([key, { feed, form }]) => {
        const one = await followFeed(feed, { folder, log, pools, ...noteInto(auditLog, feed.name) })
        one.onChange(changed)
        followed.set(key, { form, name: feed.name, feed: one })
      }),
    )
    byName = new Map(
      [...Map.groupBy(followed.values(), ({ name }) => name)].map(([name, all]) => [name, all.map(({ feed }) => feed)]),
    )
  }
  return {
    ofCountry: (country: string) => byName.get(country) ?? [],
    ofAuthority: (issuer: string) => byName.get(issuer)?.[0],
    list: () => [...followed.values()].map(({ name: source, feed }) => ({ source, list: feed.list() })),
    status: () => [...followed.values()].map(({ feed }) => feed.status()),
    follow: async (participants: readonly Participant[]) =>
      replace([...listCountryFeeds(participants), ...(await authorities)]),
    close: () => replace([]),
  }
}

function keyOf({ name, url }: Feed): string {
  return `${name} ${url}`
}

/** Writes what a feed depends on. The functions that find the keys of an authority never change. */
function formOf({ signers, trust }: Feed): string {
  return JSON.stringify([typeof signers === 'function' ? null : signers, trust])
}

/** Lists the feeds of the countries whose files name suspenders: one for each server. */
function listCountryFeeds(participants: readonly Participant[]): readonly Feed[] {
  return participants.flatMap(({ country: name, suspenders = [], domains }) => {
    const feeds = Object.values(domains).map(({ url, tls: trust }): Feed => {
      const address = new URL('suspensions', url).href
      return { name, url: address, signers: suspenders, required: false, ...(trust && { trust }) }
    })
    return suspenders.length === 0
      ? []
      : feeds.filter(({ url }, at) => feeds.findIndex((one) => one.url === url) === at)
  })
}

/** Lists the feeds of the issuers that are authorities. An authority owns what it suspends, and signs with a key that nobody has suspended. */
async function listAuthorityFeeds(
  issuers: readonly Issuer[],
  isSuspended: (issuer: string, kid: string) => boolean,
): Promise<readonly Feed[]> {
  const trusts = new Map<string, ServerTrust>()
  for (const { issuer, trust } of await readAuthorities(issuers)) trusts.set(issuer, trust)
  const authorities = issuers.flatMap(({ issuer: name, jwks, authority }) =>
    authority === undefined ? [] : [{ name, jwks, token: authority.token }],
  )
  return Promise.all(
    authorities.map(async ({ name, jwks, token }): Promise<Feed> => {
      // The gateway takes each key of an issuer's set, as it does for its tokens.
      const trust = trusts.get(name) ?? {}
      const findKey = await openAuthorityKeys(jwks, { has: () => true }, { fetch: createTrustedFetch(trust) })
      const signers: Signers = async (signer, kid) =>
        signer === name && !isSuspended(name, kid) ? signersWith(name, await findKey(kid)) : []
      // Beside the token endpoint, where the authority is known to be. Its `iss` is a name, which may lead nowhere.
      const url = new URL('suspensions', token).href
      return { name, url, signers, required: false, trust }
    }),
  )
}

/** Makes the option that writes each act of a source into the audit log, if there is one. */
export function noteInto(auditLog: RunningAuditLog | null, source: string | null): Partial<NoteOption> {
  if (auditLog === null) return {}
  return { note: (act) => auditLog.requests.writeAct(entryOfAct(act, source)) }
}

type NoteOption = { readonly note: (act: Parameters<typeof entryOfAct>[0]) => Promise<void> }
