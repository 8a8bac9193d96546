import { AccessTokens } from './access-tokens.ts'
import { askGateway } from './ask-gateway.ts'
import { listMandates } from './list-mandates.ts'
import {
  type BegunSignIn,
  beginSignIn,
  type Prompt,
  type ProviderReturn,
  readHint,
  readProviderReturn,
  toOwnPlace,
  writeSignInAddress,
} from './pkce.ts'
import { readClaims, readOfficer, readTokenMandate } from './read-token.ts'
import { type ProviderToken, redeemReturn } from './redeem-code.ts'
import type {
  AskOptions,
  ChosenGrounds,
  ConsoleDocument,
  OfficerMandate,
  Session,
  SessionAnswer,
  SessionState,
  SignInProblem,
} from './session.ts'
import type { Renewal, SessionParts } from './session-parts.ts'
import { toProblem } from './to-problem.ts'
import { openWindowMemory, readGroundsBefore, type WindowMemory } from './window-memory.ts'

/** How long before its end a sign-in counts as ended, in milliseconds: a question must arrive with its token. */
const RENEW_BEFORE_END_MS = 35_000

/** The session of one window. It owns the tokens, which are nowhere but in its memory. */
export class ConsoleSession implements Session {
  readonly #parts: SessionParts
  readonly #memory: WindowMemory
  readonly #listeners = new Set<() => void>()
  #state: SessionState = { kind: 'starting' }
  #provider: ProviderToken | null = null
  readonly #tokens: AccessTokens
  #renewal: Renewal | null = null
  #cancelEnd: () => void = () => undefined

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#memory = openWindowMemory(parts.browser.storage)
    this.#tokens = new AccessTokens({ ...parts, currentProvider: () => this.#currentProvider() })
    parts.browser.hearWindows((returned) => void this.#takeRenewal(returned))
  }

  /** Takes up what the address and the window's storage say: a sign-in that comes back, or one that a reload interrupted. */
  async start(): Promise<void> {
    const { browser } = this.#parts
    const returned = readProviderReturn(browser.search)
    if (returned !== null) return this.#comeBack(returned)
    // A door of a demonstration says who enters. Elsewhere no other page may begin a sign-in here.
    const hint = this.#parts.config.development ? readHint(browser.search) : null
    if (hint !== null) return this.#goToProvider('login', hint)
    // Once: if the provider asks who it is, the officer decides whether to go on.
    if (!this.#memory.takeSignedIn()) return this.#set({ kind: 'signed-out', problem: null })
    await this.#goToProvider('none')
  }

  state(): SessionState {
    return this.#state
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async signIn(asOther = false): Promise<void> {
    await this.#goToProvider(asOther ? 'login' : null)
  }

  async renew(): Promise<void> {
    const { browser, config } = this.#parts
    const begun = beginSignIn(browser.place())
    this.#awaitRenewal().begun = begun
    const look = { origin: browser.origin, language: browser.language(), prompt: null }
    if (!browser.openWindow(await writeSignInAddress(config, begun, look))) await this.#goToProvider(null)
  }

  async chooseMandate(mandate: OfficerMandate): Promise<void> {
    await this.#begin(mandate.hash)
  }

  setGrounds(grounds: ChosenGrounds): void {
    const state = this.#state
    if (state.kind !== 'signed-in') return
    if (!state.mandate.purposes.includes(grounds.purpose)) {
      throw new RangeError(`expected one of ${state.mandate.purposes.join(', ')}; came ${grounds.purpose}`)
    }
    const { mandate, officer } = state
    this.#memory.keepGrounds({ mandate: mandate.hash, purpose: grounds.purpose, subject: officer.subject })
    this.#set({ ...state, grounds })
  }

  async signOut(): Promise<void> {
    const { browser, keys, config } = this.#parts
    const { endSessionEndpoint, clientId } = config.provider
    this.#forget()
    this.#memory.forget()
    browser.showPlace('/')
    this.#set({ kind: 'signed-out', problem: null })
    await keys.drop().catch(() => undefined)
    if (endSessionEndpoint !== null) browser.leave(`${endSessionEndpoint}?client_id=${encodeURIComponent(clientId)}`)
  }

  prepare(): void {
    const state = this.#state
    // Whoever only audits asks oversight, and no country.
    const asks = state.kind === 'signed-in' && state.mandate.purposes.some((purpose) => purpose !== 'OVERSIGHT')
    if (asks && !this.#hasEnded()) this.#tokens.prepare(this.#parts.config.gateway)
  }

  async ask<Data, Variables extends object>(
    document: ConsoleDocument<Data, Variables>,
    variables: Variables,
    options: AskOptions = {},
  ): Promise<SessionAnswer<Data>> {
    const { browser, config } = this.#parts
    const state = this.#state
    const tokens = this.#tokens.find(config.gateway)
    if (state.kind !== 'signed-in' || tokens === undefined) throw new Error('expected somebody to be signed in')
    if (state.grounds === null) throw new Error('expected a purpose to be chosen before the first question')
    this.#tokens.noteQuestion()
    const asking = { gateway: config.gateway, browser, tokens, grounds: state.grounds }
    return askGateway(asking, document, variables, options)
  }

  async sendTo(audience: string, address: string, init: RequestInit & { readonly method: string }): Promise<Response> {
    const state = this.#state
    if (state.kind !== 'signed-in') throw new Error('expected somebody to be signed in')
    const tokens = this.#tokens.find(audience) ?? this.#tokens.open(audience, state.mandate.hash)
    const { sender, accessToken } = await tokens.current()
    return sender.send(address, init, accessToken)
  }

  async providerToken(): Promise<string> {
    return (await this.#currentProvider()).token
  }

  async #goToProvider(prompt: Prompt, hint: string | null = null): Promise<void> {
    const { browser, config } = this.#parts
    const begun = beginSignIn(browser.place(), hint)
    this.#memory.keepBegun(begun)
    const look = { origin: browser.origin, language: browser.language(), prompt }
    browser.leave(await writeSignInAddress(config, begun, look))
  }

  /** The provider sent the officer back to this window, or to one that was opened for a renewal. */
  async #comeBack(returned: ProviderReturn): Promise<void> {
    const { browser } = this.#parts
    const begun = this.#memory.takeBegun()
    browser.showPlace(begun === null ? '/' : toOwnPlace(begun.returnTo))
    if (begun === null || begun.state !== returned.state) {
      // A window for a renewal has not begun a sign-in itself. The window that has checks the state.
      browser.tellWindows(returned)
      browser.closeWindow()
      this.#set(begun === null ? { kind: 'brought-back' } : signedOut({ kind: 'NOT_BEGUN_HERE' }))
      return
    }
    await this.#finish(returned, begun)
  }

  async #finish(returned: ProviderReturn, begun: BegunSignIn): Promise<void> {
    try {
      // The key is made while the provider answers.
      this.#parts.keys.keep().catch(() => undefined)
      this.#provider = await this.#redeem(returned, begun)
      const mandates = await listMandates({ ...this.#parts, nonces: this.#tokens.nonces }, this.#provider.token)
      if (mandates !== null && mandates.length > 1) return this.#offer(mandates)
      if (mandates?.length === 0) return this.#fail({ kind: 'NO_MANDATE' })
      await this.#begin(mandates?.[0]?.hash ?? null, begun.hint !== null)
    } catch (error) {
      this.#fail(toProblem(error))
    }
  }

  #redeem(returned: ProviderReturn, begun: BegunSignIn): Promise<ProviderToken> {
    const { browser, config } = this.#parts
    const { origin, fetch: send, now } = browser
    return redeemReturn({ config, origin, send, now }, returned, begun)
  }

  /** Several mandates name the officer: the one that was used before a reload, or a choice. */
  #offer(mandates: readonly OfficerMandate[]): Promise<void> | void {
    const before = mandates.find(
      ({ hash }) => hash !== null && hash === this.#memory.keptGrounds(this.#provider?.subject)?.mandate,
    )
    if (before !== undefined) return this.#begin(before.hash)
    this.#set({ kind: 'choosing', mandates })
  }

  /** Gets the first access token, which says who the officer is and on which mandate. */
  async #begin(mandate: string | null, isByDoor = false): Promise<void> {
    const { config } = this.#parts
    const tokens = this.#tokens.open(config.gateway, mandate)
    try {
      const claims = readClaims((await tokens.current()).accessToken) ?? {}
      const found = readTokenMandate(claims)
      if (found === null || this.#provider === null) return this.#fail({ kind: 'NO_MANDATE' })
      const { name, subject } = this.#provider
      const officer = readOfficer(claims, { country: config.country, name, subject })
      const grounds =
        readGroundsBefore(this.#memory.keptGrounds(officer.subject), found) ?? (isByDoor ? onlyGrounds(found) : null)
      this.#memory.noteSignedIn()
      this.#set({ kind: 'signed-in', officer, mandate: found, grounds, until: this.#provider.endsMs, isEnded: false })
      this.#watchEnd()
      this.prepare()
    } catch (error) {
      this.#fail(toProblem(error))
    }
  }

  /** Returns the provider's token, after a renewal if it has ended. */
  async #currentProvider(): Promise<ProviderToken> {
    if (this.#hasEnded()) await this.#awaitRenewal().done
    if (this.#provider === null) throw new Error('expected somebody to be signed in')
    return this.#provider
  }

  #hasEnded(): boolean {
    const { now } = this.#parts.browser
    return this.#provider !== null && this.#provider.endsMs - RENEW_BEFORE_END_MS <= now()
  }

  #watchEnd(): void {
    this.#cancelEnd()
    if (this.#provider === null) return
    const { browser } = this.#parts
    this.#cancelEnd = browser.after(this.#provider.endsMs - RENEW_BEFORE_END_MS - browser.now(), () => {
      if (this.#hasEnded()) this.#awaitRenewal()
      else this.#watchEnd()
    })
  }

  /** Shows that the sign-in has ended. Returns what ends when it is renewed. */
  #awaitRenewal(): Renewal {
    if (this.#renewal === null) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#renewal = { done: promise, resolve, begun: null }
      if (this.#state.kind === 'signed-in') this.#set({ ...this.#state, isEnded: this.#hasEnded() })
    }
    return this.#renewal
  }

  /** Another window brought a sign-in back. Only that which this window began counts. */
  async #takeRenewal(returned: ProviderReturn): Promise<void> {
    const renewal = this.#renewal
    const begun = renewal?.begun ?? null
    if (renewal === null || begun === null || begun.state !== returned.state) return
    renewal.begun = null
    try {
      const renewed = await this.#redeem(returned, begun)
      if (renewed.subject !== this.#provider?.subject) return this.#leaveToOther()
      this.#provider = renewed
      this.#renewal = null
      if (this.#state.kind === 'signed-in') this.#set({ ...this.#state, until: renewed.endsMs, isEnded: false })
      this.#watchEnd()
      renewal.resolve()
    } catch (error) {
      this.#fail(toProblem(error))
    }
  }

  /** Somebody else sits here now, and shall not see what was looked at. */
  #leaveToOther(): void {
    this.#memory.forget()
    this.#parts.browser.showPlace('/')
    this.#fail({ kind: 'OTHER_OFFICER' })
  }

  #fail(problem: SignInProblem): void {
    const isQuiet = problem.kind === 'PROVIDER_REFUSED' && problem.detail === 'login_required'
    this.#forget()
    this.#memory.takeSignedIn()
    this.#set({ kind: 'signed-out', problem: isQuiet ? null : problem })
  }

  #forget(): void {
    this.#cancelEnd()
    this.#provider = null
    this.#tokens.forget()
    // Whoever waits learns that nobody is signed in.
    this.#renewal?.resolve()
    this.#renewal = null
  }

  #set(state: SessionState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

/** The only grounds that a mandate allows: who enters by a door of a demonstration is not asked for them. */
function onlyGrounds({ purposes: [purpose, ...others], caseDigest }: OfficerMandate): ChosenGrounds | null {
  if (purpose === undefined || others.length > 0 || caseDigest !== null) return null
  return { purpose, caseDisclosure: null, caseId: null }
}

function signedOut(problem: SignInProblem): SessionState {
  return { kind: 'signed-out', problem }
}
