/** The key set of an authority, as a reader of its tokens needs it (docs/design/trust.md, The country's file). */
import { readFile } from 'node:fs/promises'
import type { CryptoKey } from 'jose'
import { IstmoError } from '../../contract/errors.ts'
import { type KeysByThumbprint, readKeySet } from '../../contract/trust/key-set.ts'
import { ConfigError } from '../config-error.ts'
import { describeFileError } from '../describe-error.ts'
import { readBounded } from '../http/read-bounded.ts'
import { createTrustedFetch } from '../http/trusted-fetch.ts'

/** After how long a key set is fetched again, in milliseconds. This is also how late a withdrawn key is noticed. */
const REFRESH_MS = 300_000

/** How long the last good key set counts while its address does not answer, in milliseconds. */
const KEPT_MS = 86_400_000

/** The shortest time between two fetches, in milliseconds: after a failure, and if a pinned key is not in the set. */
const COOLDOWN_MS = 30_000

const FETCH_TIMEOUT_MS = 3_000

/** The largest key set that is read from an address, in bytes. */
const MAX_KEY_SET_BYTES = 262_144

/**
 * Finds a key of the authority by its thumbprint; null if the authority does not publish it.
 * Rejects with {IstmoError} `KEYS_UNAVAILABLE` if the address has not given a key set for 24 hours.
 */
export type FindAuthorityKey = (thumbprint: string) => Promise<CryptoKey | null>

/** What the key source takes from outside, so that tests can replace it. */
export interface AuthorityKeysWorld {
  readonly fetch?: typeof fetch
  /** Returns milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
}

/**
 * Opens the key set at `location`: an http(s) URL, which it fetches when it is first needed and without following redirects, or a file, which it
 * reads now. It keeps only the keys of `pinned`, so an authority's server can take keys away and never add one.
 * @param pinned the RFC 7638 thumbprints of the keys that count.
 * @throws {ConfigError} if the file cannot be used. The message names it.
 */
export async function openAuthorityKeys(
  location: string,
  pinned: Pick<ReadonlySet<string>, 'has'>,
  world: AuthorityKeysWorld = {},
): Promise<FindAuthorityKey> {
  if (/^https?:/i.test(location)) return fetchedKeys(new URL(location), pinned, world)
  const keys = await readKeyFile(location)
  return async (thumbprint) => (pinned.has(thumbprint) ? (keys.get(thumbprint) ?? null) : null)
}

async function readKeyFile(file: string): Promise<KeysByThumbprint> {
  try {
    return await readKeySet(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    const reason = describeFileError(cause)
    throw new ConfigError(`${file}: expected the key set of an authority: ${reason}. Correct callers.jwks.`, { cause })
  }
}

function fetchedKeys(url: URL, pinned: Pick<ReadonlySet<string>, 'has'>, world: AuthorityKeysWorld): FindAuthorityKey {
  const { now = Date.now } = world
  let keys: KeysByThumbprint = new Map()
  let goodAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let fetching: Promise<void> | null = null

  const refresh = (): Promise<void> => {
    triedAt = now()
    fetching ??= fetchKeySet(url, world)
      .then((fetched) => {
        keys = fetched
        goodAt = now()
      })
      // The last good set stays. Its age decides whether it still counts.
      .catch(() => undefined)
      .finally(() => {
        fetching = null
      })
    return fetching
  }

  return async (thumbprint) => {
    if (!pinned.has(thumbprint)) return null
    const mayTry = now() - triedAt >= COOLDOWN_MS
    const isKnown = keys.has(thumbprint)
    if (fetching !== null && !isKnown) await fetching
    else if (mayTry && (!isKnown || now() - goodAt >= KEPT_MS)) await refresh()
    // Nobody waits for a set that is only to be renewed.
    else if (mayTry && now() - goodAt >= REFRESH_MS) void refresh()
    if (now() - goodAt >= KEPT_MS) throw new IstmoError('KEYS_UNAVAILABLE')
    return keys.get(thumbprint) ?? null
  }
}

async function fetchKeySet(url: URL, world: AuthorityKeysWorld): Promise<KeysByThumbprint> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS)
  const response = await (world.fetch ?? createTrustedFetch())(url, {
    redirect: 'error',
    signal,
    headers: { accept: 'application/json' },
  })
  if (response.status !== 200) throw new Error(`expected status 200; came ${response.status}`)
  return readKeySet(JSON.parse(await readBounded(response, MAX_KEY_SET_BYTES, 'a key set')))
}
