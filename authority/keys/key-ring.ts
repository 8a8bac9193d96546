import { stat } from 'node:fs/promises'
import type { JWK } from 'jose'
import type { Logger } from 'pino'
import { describeError } from '../../service/describe-error.ts'
import type { FindSuspension } from '../doors.ts'
import { PUBLISHED_BEFORE_USE_S, readSigningKeys, type SigningKey } from './signing-keys.ts'

/** How often the file of signing keys is looked at, in milliseconds. */
const LOOK_EVERY_MS = 1_000

/** The signing keys of a running authority. Each method looks at the clock and at suspensions, so a change counts at once. */
export interface KeyRing {
  /**
   * Returns the key that signs now: the newest whose time has come. If it is suspended, an older one signs, or else one that is published and
   * waits. Null if each one is suspended.
   */
  readonly signer: () => SigningKey | null
  /** Finds a key of the key set by its thumbprint; null for a key that was dropped or suspended. */
  readonly find: (kid: string) => SigningKey | null
  /** Returns the public keys that others may trust now (RFC 7517). */
  readonly published: () => readonly JWK[]
  /** Reads the file now. Keeps the keys that it has if the file cannot be used. */
  readonly reload: () => Promise<void>
  readonly close: () => void
}

/** What {@link openKeyRing} works with. */
export interface KeyRingOptions {
  readonly file: string
  readonly findSuspension: FindSuspension
  readonly log: Pick<Logger, 'info' | 'error'>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Opens the signing keys, and follows their file. A key that appears while the authority runs signs no earlier than 15 minutes after its
 * appearance, whatever the file says: until then nobody can have fetched it.
 * @throws {ConfigError} if the file cannot be used.
 */
export async function openKeyRing({ file, findSuspension, log, now }: KeyRingOptions): Promise<KeyRing> {
  let keys = await readSigningKeys(file)
  let seen = await readMark(file)
  const nowS = (): number => now() / 1_000

  const isTrusted = ({ kid, keptUntilS }: SigningKey): boolean =>
    keptUntilS > nowS() && findSuspension({ keys: [kid] }) === null

  const reload = async (): Promise<void> => {
    const mark = await readMark(file)
    try {
      const read = await readSigningKeys(file)
      keys = delayNew(read, new Map(keys.map((key) => [key.kid, key])), nowS())
      seen = mark
      log.info({ keys: keys.map(({ kid }) => kid) }, 'read the signing keys')
    } catch (error) {
      if (mark !== seen) log.error({ reason: describeError(error) }, 'kept the signing keys: the file cannot be used')
      seen = mark
    }
  }
  let isLooking = false
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    if ((await readMark(file)) !== seen) await reload()
    isLooking = false
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref()
  return {
    signer: () => keys.findLast((key) => key.usedFromS <= nowS() && isTrusted(key)) ?? keys.find(isTrusted) ?? null,
    find: (kid) => keys.find((key) => key.kid === kid && isTrusted(key)) ?? null,
    published: () => keys.filter(isTrusted).map(({ publicJwk }) => publicJwk),
    reload,
    close: () => clearInterval(timer),
  }
}

/** Lets new keys begin 15 minutes from now at the earliest. The key before a delayed one stays as much longer. */
function delayNew(
  read: readonly SigningKey[],
  known: ReadonlyMap<string, SigningKey>,
  nowS: number,
): readonly SigningKey[] {
  const begins = read.map((key) => {
    return known.get(key.kid)?.usedFromS ?? Math.max(key.usedFromS, nowS + PUBLISHED_BEFORE_USE_S)
  })
  return read.map((key, at) => {
    const next = read[at + 1]
    const delayS = next === undefined ? 0 : (begins[at + 1] ?? 0) - next.usedFromS
    return { ...key, usedFromS: begins[at] ?? 0, keptUntilS: key.keptUntilS + delayS }
  })
}

/** What changes when somebody writes the file. */
async function readMark(file: string): Promise<string> {
  return stat(file).then(
    ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
    () => 'none',
  )
}
