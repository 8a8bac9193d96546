/** A login provider that listens, and a browser without a window, for tests. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CONSOLE_CLIENT } from '../authority/authorities.ts'
import { createLoginProvider, type ProviderSettings } from './provider.ts'

/** Where the page of the tests wants to be sent back to. Nothing listens there: the tests read the address only. */
export const CALLBACK = 'http://127.0.0.1:9/console/'

/** The authority of the tests: `aud` of access tokens. */
export const AUDIENCE = 'https://authority.gt.example'

/** A provider that listens on this machine. */
export interface RunningProvider {
  readonly address: string
  readonly close: () => Promise<void>
}

/** Starts the provider of Guatemala with a new key. `wrap` stands before it, as a proxy would. */
export async function startProvider(
  overrides: Partial<ProviderSettings> = {},
  wrap: (listener: RequestListener) => RequestListener = (listener) => listener,
): Promise<RunningProvider> {
  // On a busy machine five seconds may pass between two requests, and the second would meet a connection that closes.
  const server: Server = createServer({ keepAliveTimeout: 60_000 }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const provider = createLoginProvider({
    ...{ issuer: address, country: 'GT', audience: AUDIENCE, redirectUris: [CALLBACK], development: false },
    key: { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: 'k1', x, d },
    ...overrides,
  })
  server.on('request', wrap(provider))
  return {
    address,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** A browser: it keeps cookies by their path, and follows no redirect by itself. */
export interface Browser {
  readonly open: (address: string, init?: RequestInit) => Promise<Response>
}

/** Opens a browser without cookies. */
export function createBrowser(): Browser {
  const jar = new Map<string, { readonly pair: string; readonly path: string }>()
  return {
    open: async (address, init = {}) => {
      const { pathname } = new URL(address)
      const sent = [...jar.values()].filter(({ path }) => pathname.startsWith(path))
      const cookie = sent.map(({ pair }) => pair).join('; ')
      const headers = { ...init.headers, ...(cookie !== '' && { cookie }) }
      const response = await fetch(address, { ...init, headers, redirect: 'manual' })
      for (const text of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
        const path = /; path=([^;]+)/i.exec(text)?.[1] ?? '/'
        if (value === '') jar.delete(`${name} ${path}`)
        else jar.set(`${name} ${path}`, { pair: `${name}=${value}`, path })
      }
      return response
    },
  }
}

/** One login of a page: what it remembers from the question to the answer. */
export interface LoginAttempt {
  readonly verifier: string
  /** The parameters of the authorization request. */
  readonly query: Readonly<Record<string, string>>
}

/** Begins a login as the console does. Null in `overrides` leaves a parameter out. */
export function beginLogin(overrides: Readonly<Record<string, string | null>> = {}): LoginAttempt {
  const verifier = randomBytes(32).toString('base64url')
  const query: Record<string, string | null> = {
    ...{ client_id: CONSOLE_CLIENT, response_type: 'code', scope: 'openid', redirect_uri: CALLBACK },
    ...{ state: 'a state', nonce: 'a nonce', code_challenge_method: 'S256' },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    ...overrides,
  }
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== null)
  return { verifier, query: Object.fromEntries(given) }
}

/** Sends a browser to the provider. @returns the answer to the authorization request. */
export function askToLogIn(browser: Browser, address: string, { query }: LoginAttempt): Promise<Response> {
  return browser.open(`${address}/auth?${new URLSearchParams(query)}`)
}

/** Returns where an answer sends the browser, as a URL. */
export function locationOf(response: Response): URL {
  return new URL(response.headers.get('location') ?? 'about:blank', response.url)
}

/** Sends the form of a login page, and follows the provider's own redirects. @returns where the browser is sent in the end. */
export async function sendForm(browser: Browser, page: string, form: Readonly<Record<string, string>>): Promise<URL> {
  const sent = await browser.open(page, { method: 'POST', body: new URLSearchParams(form) })
  return locationOf(await browser.open(locationOf(sent).href))
}

/** Logs in from the first question to the code. */
export async function logIn(browser: Browser, address: string, profile: string, attempt: LoginAttempt): Promise<URL> {
  const page = locationOf(await askToLogIn(browser, address, attempt))
  return sendForm(browser, page.href, { profile })
}

/** Exchanges a code for tokens. */
export function exchangeCode(
  address: string,
  code: string,
  overrides: Readonly<Record<string, string>>,
): Promise<Response> {
  const form = { grant_type: 'authorization_code', client_id: CONSOLE_CLIENT, redirect_uri: CALLBACK, code }
  return fetch(`${address}/token`, { method: 'POST', body: new URLSearchParams({ ...form, ...overrides }) })
}
