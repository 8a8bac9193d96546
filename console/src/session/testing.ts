/** A browser, a login provider and a mandate authority for tests of the session. */
import { fromBase64Url, textToBase64Url } from '../../../clients/base64url.ts'
import { createKeyPair } from '../../../clients/session-key.ts'
import type { Browser } from './browser.ts'
import { readConfig } from './config.ts'
import { ConsoleSession } from './console-session.ts'
import type { ProviderReturn } from './pkce.ts'

/** The settings of the console of Guatemala, as its authority would serve them. */
export const CONFIG = {
  version: 1,
  country: 'GT',
  authority: {
    issuer: 'https://authority.gt.example',
    tokenEndpoint: 'https://console.gt.example/token',
    clientId: 'istmo-console',
    mandatesEndpoint: 'https://console.gt.example/console/mandates',
  },
  provider: {
    issuer: 'https://login.gt.example',
    authorizationEndpoint: 'https://login.gt.example/auth',
    tokenEndpoint: 'https://login.gt.example/token',
    endSessionEndpoint: null,
    clientId: 'istmo-console',
    scope: 'openid',
    subjectToken: 'access_token',
    resource: null,
  },
  redirectPath: '/console/signed-in',
  gateway: 'https://istmo.example',
  oversight: null,
  languages: ['es', 'en'],
  development: false,
} as const

/** The nonces of both servers that check proofs. */
export const NONCES = { authority: 'a1', gateway: 'g1' } as const

/** The first moment of a test, in milliseconds since the epoch. */
const START_MS = Date.parse('2026-11-28T10:00:00Z')

/** How long the tokens of the provider live, in seconds. */
const LIFE_S = 600

/** A world for one test. */
export interface SessionWorld {
  readonly session: ConsoleSession
  readonly storage: Map<string, string>
  /** The addresses to which the page went. */
  readonly left: string[]
  /** The addresses of windows that were opened. */
  readonly opened: string[]
  /** What was told to other windows. */
  readonly told: ProviderReturn[]
  /** The places that were shown. */
  readonly places: string[]
  /** The bodies of the questions that reached the gateway. */
  readonly asked: string[]
  /** The requests with a proof: the server, and the nonce in the proof. */
  readonly proved: (readonly [server: 'authority' | 'gateway', nonce: unknown])[]
  /** Lets time pass. */
  pass(ms: number): void
  /** Another window says that the provider sent somebody back. */
  bringBack(returned: ProviderReturn): void
  /** Makes the page anew in the same window, at an address with this query. */
  reload(search: string): ConsoleSession
}

/** What a test may choose. */
export interface WorldChoice {
  readonly mandates?: readonly object[]
  /** Who signs in next. */
  readonly subject?: () => string
  /** Claims that replace those of the ID token. */
  readonly idClaims?: object
  readonly development?: boolean
  /** The purposes of the officer's mandate. */
  readonly purposes?: readonly string[]
}

const MANDATE = {
  hash: 'h1',
  taskForce: 'jtf',
  purposes: ['INVESTIGATION', 'PROSECUTION'],
  countries: ['GT', 'HN'],
  notAfter: '2027-03-31',
}

/** What a world has noted and knows so far. */
interface Notes {
  now: number
  /** The nonce of the newest sign-in. */
  nonce: string
  readonly storage: Map<string, string>
  readonly timers: Set<{ readonly at: number; act(): void }>
  readonly listeners: Set<(returned: ProviderReturn) => void>
  readonly left: string[]
  readonly opened: string[]
  readonly told: ProviderReturn[]
  readonly places: string[]
  readonly asked: string[]
  readonly proved: (readonly [server: 'authority' | 'gateway', nonce: unknown])[]
}

/** Creates a world whose provider and authority answer as the real ones. */
export function createWorld(choice: WorldChoice = {}): SessionWorld {
  const notes: Notes = {
    ...{ now: START_MS, nonce: '', storage: new Map(), timers: new Set(), listeners: new Set() },
    ...{ left: [], opened: [], told: [], places: [], asked: [], proved: [] },
  }
  let pair: ReturnType<typeof createKeyPair> | null = null
  const keys = {
    keep: () => {
      pair ??= createKeyPair()
      return pair
    },
    drop: async () => {
      pair = null
    },
  }
  const config = readConfig({ ...CONFIG, development: choice.development ?? false })
  const open = (search: string) =>
    new ConsoleSession({ config, browser: createTestBrowser(search, notes, choice), keys })
  return {
    ...notes,
    session: open(''),
    reload: open,
    pass(ms) {
      notes.now += ms
      for (const timer of [...notes.timers]) {
        if (timer.at > notes.now) continue
        notes.timers.delete(timer)
        timer.act()
      }
    },
    bringBack: (returned) => {
      for (const listener of notes.listeners) listener(returned)
    },
  }
}

function createTestBrowser(search: string, notes: Notes, choice: WorldChoice): Browser {
  const goTo = (list: string[], address: string): void => {
    list.push(address)
    notes.nonce = new URL(address).searchParams.get('nonce') ?? ''
  }
  return {
    ...{ origin: 'https://console.gt.example', search },
    storage: {
      getItem: (name) => notes.storage.get(name) ?? null,
      setItem: (name, value) => void notes.storage.set(name, value),
      removeItem: (name) => void notes.storage.delete(name),
    },
    leave: (address) => goTo(notes.left, address),
    openWindow: (address) => {
      goTo(notes.opened, address)
      return true
    },
    closeWindow: () => undefined,
    showPlace: (place) => void notes.places.push(place),
    place: () => '/',
    tellWindows: (returned) => void notes.told.push(returned),
    hearWindows: (listener) => {
      notes.listeners.add(listener)
      return () => notes.listeners.delete(listener)
    },
    language: () => 'es',
    now: () => notes.now,
    after: (ms, act) => {
      const timer = { at: notes.now + ms, act }
      notes.timers.add(timer)
      return () => notes.timers.delete(timer)
    },
    fetch: async (input, init) => answerAs(String(input), init ?? {}, notes, choice),
  }
}

/** Answers as the provider, the authority, or the gateway. */
function answerAs(
  address: string,
  init: RequestInit,
  notes: Notes,
  { mandates = [MANDATE], subject = () => 'olga', idClaims = {}, purposes = MANDATE.purposes }: WorldChoice,
): Response {
  const nowS = Math.floor(notes.now / 1_000)
  if (address === CONFIG.provider.tokenEndpoint) {
    const { issuer: iss, clientId: aud } = CONFIG.provider
    const idToken = jwt({ iss, aud, sub: subject(), nonce: notes.nonce, ...idClaims })
    const accessToken = jwt({ exp: nowS + LIFE_S, sub: subject() })
    return json({ access_token: accessToken, id_token: idToken, expires_in: LIFE_S }, notes.now)
  }
  if (address === CONFIG.authority.mandatesEndpoint) return json({ mandates }, notes.now, NONCES.authority)
  const server = address === CONFIG.authority.tokenEndpoint ? 'authority' : 'gateway'
  const nonce = readNonce(init)
  notes.proved.push([server, nonce])
  if (nonce !== NONCES[server]) {
    const headers = { 'dpop-nonce': NONCES[server], date: new Date(notes.now).toUTCString() }
    return new Response('{}', { status: server === 'authority' ? 400 : 401, headers })
  }
  if (server === 'authority') {
    const hash = new URLSearchParams(String(init.body)).get('mandate')
    return json({ access_token: accessToken(hash, { nowS, purposes }), expires_in: LIFE_S }, notes.now)
  }
  notes.asked.push(String(init.body))
  const headers = { 'content-type': 'application/json', 'istmo-request-id': 'r1' }
  return new Response(JSON.stringify({ data: { ok: true } }), { headers })
}

function accessToken(
  hash: string | null,
  { nowS, purposes }: { readonly nowS: number; readonly purposes: readonly string[] },
): string {
  const details = {
    type: 'istmo_mandate',
    hash,
    task_force: 'jtf',
    purposes,
    countries: ['GT', 'HN'],
    not_after: '2027-03-31',
  }
  return jwt({
    exp: nowS + LIFE_S,
    org: { country: 'GT', agency: 'GT-MP', role: 'analyst' },
    authorization_details: [details],
  })
}

function jwt(claims: object): string {
  return `${textToBase64Url('{}')}.${textToBase64Url(JSON.stringify(claims))}.c2lnbmF0dXJl`
}

function json(body: object, now: number, nonce?: string): Response {
  const headers = { date: new Date(now).toUTCString(), ...(nonce !== undefined && { 'dpop-nonce': nonce }) }
  return new Response(JSON.stringify(body), { headers })
}

/** Reads the nonce in the proof of a request. */
function readNonce(init: RequestInit): unknown {
  const claims = new Headers(init.headers).get('dpop')?.split('.')[1] ?? ''
  return (JSON.parse(new TextDecoder().decode(fromBase64Url(claims))) as { readonly nonce?: unknown }).nonce
}
