import type { BegunSignIn } from './pkce.ts'
import type { ChosenGrounds, OfficerMandate } from './session.ts'

/** The names in the window's storage. What they hold is never a token. */
const BEGUN = 'istmo.login'
const WAS_SIGNED_IN = 'istmo.signed-in'
const GROUNDS = 'istmo.grounds'

/** What the window keeps of the grounds, so that a reload need not ask for them again. A case is not kept. */
export interface KeptGrounds {
  readonly mandate: string | null
  readonly purpose: string
  /** Whose they are: the officer's subject at the login provider. */
  readonly subject: string
}

/** What a window remembers across a reload. The browser forgets it when the window closes. */
export interface WindowMemory {
  keepBegun(begun: BegunSignIn): void
  /** Returns the sign-in that this window began, once. Null if there is none, or if what is there was not written by the console. */
  takeBegun(): BegunSignIn | null
  noteSignedIn(): void
  /** Whether somebody was signed in before a reload. It says so once. */
  takeSignedIn(): boolean
  keepGrounds(grounds: KeptGrounds): void
  /** Returns what this officer chose; null if nobody did, or somebody else who used the window before. */
  keptGrounds(officer: string | undefined): KeptGrounds | null
  forget(): void
}

/** Opens the memory in a storage of the browser. */
export function openWindowMemory(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): WindowMemory {
  const read = (name: string): Readonly<Record<string, unknown>> => {
    try {
      const value: unknown = JSON.parse(storage.getItem(name) ?? '{}')
      return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
    } catch {
      return {}
    }
  }
  const take = (name: string): Readonly<Record<string, unknown>> => {
    const value = read(name)
    storage.removeItem(name)
    return value
  }
  return {
    keepBegun: (begun) => storage.setItem(BEGUN, JSON.stringify(begun)),
    takeBegun() {
      const { state, nonce, verifier, returnTo, hint } = take(BEGUN)
      if (!isRandom(state) || !isRandom(nonce) || !isRandom(verifier)) return null
      return {
        state,
        nonce,
        verifier,
        returnTo: typeof returnTo === 'string' ? returnTo : '/',
        hint: typeof hint === 'string' ? hint : null,
      }
    },
    noteSignedIn: () => storage.setItem(WAS_SIGNED_IN, JSON.stringify({ yes: true })),
    takeSignedIn: () => take(WAS_SIGNED_IN).yes === true,
    keepGrounds: (grounds) => storage.setItem(GROUNDS, JSON.stringify(grounds)),
    keptGrounds(officer) {
      const { mandate, purpose, subject } = read(GROUNDS)
      const isMandate = mandate === null || typeof mandate === 'string'
      const isOwn = typeof subject === 'string' && subject === officer
      return isMandate && isOwn && typeof purpose === 'string' ? { mandate, purpose, subject } : null
    },
    forget: () => {
      for (const name of [BEGUN, WAS_SIGNED_IN, GROUNDS]) storage.removeItem(name)
    },
  }
}

/** Returns the grounds of before a reload; null if they are not of this mandate. A mandate of one case needs its disclosure again, which is not kept. */
export function readGroundsBefore(
  kept: KeptGrounds | null,
  { hash, purposes, caseDigest }: OfficerMandate,
): ChosenGrounds | null {
  if (kept === null || caseDigest !== null || kept.mandate !== hash || !purposes.includes(kept.purpose)) return null
  return { purpose: kept.purpose, caseDisclosure: null, caseId: null }
}

/** Whether a value can be one of the random values of a sign-in: 256 bits in base64url. */
function isRandom(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value)
}
