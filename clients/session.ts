import { ClientError } from './client-error.ts'
import { createDpopSender, type DpopSender, type Nonces, type Send } from './dpop-fetch.ts'
import { createSessionKey, type SessionKey } from './session-key.ts'

/** The longest session, in milliseconds: a key that was taken from a machine is of no use the next day. */
const SESSION_MS = 8 * 60 * 60 * 1_000

/** How long before its end a token is replaced, in seconds: a question must arrive with it. */
const RENEW_BEFORE_END_S = 30

/** By how much clocks may differ, in milliseconds (docs/design/trust.md, Who signs what). */
const CLOCK_TOLERANCE_MS = 5_000

/** How a tool gets access tokens. */
export interface AuthorityAccess {
  /** The authority's token endpoint. */
  readonly token: string
  /** The tool's client id at the authority. */
  readonly client: string
  /** Returns a token of the login provider: an access token or an ID token, as a JWT. */
  readonly providerToken: () => Promise<{ readonly token: string; readonly type: 'access_token' | 'id_token' }>
  /** The mandate's hash, if the officer has several. */
  readonly mandate?: string
  /** Returns the key of a new session. A page gives one that a reload does not lose. By default each session makes its own. */
  readonly sessionKey?: () => Promise<SessionKey>
}

/** An officer's session at the authority of the officer's own country: one key, and short tokens that are bound to it. */
export interface Session {
  /**
   * Returns the key and a token that is valid for some seconds at least.
   * @param spareS for how many seconds the token must be valid at least. Whoever prepares a later question asks for more.
   */
  current(spareS?: number): Promise<CurrentSession>
}

/** A session at one moment. */
export interface CurrentSession {
  readonly key: SessionKey
  readonly accessToken: string
  readonly sender: DpopSender
  /** Returns seconds since the epoch by the authority's clock. */
  readonly nowS: () => number
}

/** What {@link createSession} works with. */
export interface SessionOptions {
  readonly authority: AuthorityAccess
  /** The gateway's address: the audience of the tokens. */
  readonly gateway: string
  readonly send: Send
  /** Milliseconds since the epoch, by the clock of this machine. */
  readonly now: () => number
  /** The nonces that the tool knows. Sessions that share them learn from each other's answers. */
  readonly nonces?: Nonces
}

/** One key with its newest token. */
interface Held {
  readonly key: SessionKey
  readonly sender: DpopSender
  token: { readonly text: string; readonly endsS: number } | null
}

/**
 * Creates a session. It takes the time from the answers of the authority, because a gateway that could set a tool's clock could have statements
 * made for later.
 */
export function createSession({ authority, gateway, send, now, nonces }: SessionOptions): Session {
  let aheadMs = 0
  let held: Promise<Held> | null = null
  let startedMs = 0
  let renewing: Promise<void> | null = null
  const nowS = (): number => (now() + aheadMs) / 1_000
  /** Sets the clock by an answer. Returns by how many milliseconds that moved it. */
  const setClock = (response: Response, sentMs: number): number => {
    const date = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(date)) return 0
    const before = aheadMs
    // The header has whole seconds. It was written between the two moments.
    aheadMs = date + 500 - (sentMs + now()) / 2
    return Math.abs(aheadMs - before)
  }
  const begin = async (): Promise<Held> => {
    const key = await (authority.sessionKey ?? createSessionKey)()
    return { key, sender: createDpopSender(key, nowS, send, nonces), token: null }
  }
  const exchange = async ({ sender }: Held): Promise<{ readonly response: Response; readonly movedMs: number }> => {
    const body = await toForm(authority, gateway)
    const sentMs = now()
    const init = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body }
    const response = await sender.send(authority.token, init, null)
    return { response, movedMs: setClock(response, sentMs) }
  }
  const renew = async (session: Held): Promise<void> => {
    const first = await exchange(session)
    // The first proof has the time of this machine. If that was wrong, the authority’s answer said so.
    const isLate = !first.response.ok && first.movedMs > CLOCK_TOLERANCE_MS
    const { token, expiresIn } = await readToken(isLate ? (await exchange(session)).response : first.response)
    session.token = { text: token, endsS: nowS() + expiresIn }
  }
  return {
    async current(spareS = RENEW_BEFORE_END_S) {
      if (held === null || now() - startedMs > SESSION_MS) {
        startedMs = now()
        held = begin()
      }
      const session = await held
      if (session.token === null || session.token.endsS - spareS < nowS()) {
        renewing ??= renew(session).finally(() => {
          renewing = null
        })
        await renewing
      }
      const { key, sender, token } = session
      return { key, sender, accessToken: token?.text ?? '', nowS }
    },
  }
}

/** The form of a token exchange (RFC 8693 section 2.1). */
async function toForm({ client, providerToken, mandate }: AuthorityAccess, gateway: string): Promise<string> {
  const { token, type } = await providerToken()
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: `urn:ietf:params:oauth:token-type:${type}`,
    audience: gateway,
    client_id: client,
    ...(mandate !== undefined && { mandate }),
  })
  return form.toString()
}

async function readToken(response: Response): Promise<{ readonly token: string; readonly expiresIn: number }> {
  const body: unknown = await response.json().catch(() => null)
  const members = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  if (!response.ok) {
    const words = [members.error, members.reason].filter((word) => typeof word === 'string' && /^\w{1,64}$/.test(word))
    const error = words.join(' ') || 'unknown'
    const { status } = response
    throw new ClientError('TOKEN_REFUSED', `expected a token; the authority answered ${status}: ${error}`, {
      status,
      error,
    })
  }
  const { access_token: token, expires_in: expiresIn } = members
  if (typeof token !== 'string' || typeof expiresIn !== 'number') {
    throw new ClientError('ANSWER_NOT_UNDERSTOOD', 'expected `access_token` and `expires_in` in the authority’s answer')
  }
  return { token, expiresIn }
}
