/** Shows components to a test as a person meets them: with words of a language, a session, settings, a place and the line of countries. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router'
import { act, cleanup, configure, render, screen } from '@testing-library/react'
import { type UserEvent, userEvent } from '@testing-library/user-event'
import i18next from 'i18next'
import type { ReactNode } from 'react'
import { initReactI18next } from 'react-i18next'
import { onTestFinished } from 'vitest'
import { forgetSlowCountries } from './apart/group-countries.ts'
import { forgetKeptState } from './components/use-kept-state.ts'
import { Look } from './look/look.tsx'
import { type ConsoleConfig, readConfig } from './session/config.ts'
import { readListedMandate, readOfficer } from './session/read-token.ts'
import type {
  AskOptions,
  ConsoleDocument,
  OfficerMandate,
  Session,
  SessionAnswer,
  SessionState,
  SignedIn,
} from './session/session.ts'
import { CONFIG } from './session/testing.ts'
import { SessionContext } from './session/use-session.ts'
import { LineProvider } from './shell/line-context.tsx'
import { WORDS } from './words/catalogue.ts'
import type { ConsoleLanguage } from './words/language.ts'

// A message without the whole document, which would hide what was expected. A machine of CI may be slow: only what fails waits so long.
configure({ getElementError: (message) => new Error(message ?? 'expected an element'), asyncUtilTimeout: 50_000 })

/** Makes a mandate of three countries as the authority's list has it. */
export function makeMandate(change: Readonly<Record<string, unknown>> = {}): OfficerMandate {
  const listed = {
    ...{ hash: 'h1', taskForce: 'jtf-2026-03', purposes: ['INVESTIGATION', 'PROSECUTION'], notAfter: '2027-03-31' },
    ...{ countries: COUNTRIES, legalBasis: ['UN:XVIII-12#27'], ...change },
  }
  const mandate = readListedMandate(listed)
  if (mandate === null) throw new Error('expected the listed mandate to be one')
  return mandate
}

const COUNTRIES = ['GT', 'HN', 'SV']

const NOBODY_ELSE = { country: 'GT', name: 'olga', subject: 'olga' }

/** Olga, who is signed in and has chosen a purpose. */
export const SIGNED_IN: SignedIn = {
  kind: 'signed-in',
  officer: readOfficer({ org: { country: 'GT', agency: 'GT-MP', role: 'analyst' } }, NOBODY_ELSE),
  mandate: makeMandate(),
  grounds: { purpose: 'INVESTIGATION', caseDisclosure: null, caseId: null },
  until: Date.parse('2099-11-28T18:00:00Z'),
  isEnded: false,
}

/** A question that a component asked. */
export interface AskedQuestion {
  readonly name: string
  readonly variables: object
  readonly options: AskOptions
}

/** Answers a question with a part of an answer: the data, or more of the answer. What it throws is what the gateway or the network would do. */
export type Answering = (question: AskedQuestion) => Promise<Partial<SessionAnswer<unknown>>>

/** A session whose gateway and authority are the test. */
export class TestSession implements Session {
  readonly asked: AskedQuestion[] = []
  /** What was called besides questions, in order. */
  readonly calls: string[] = []
  answering: Answering = async () => ({})
  sending: (address: string, init: RequestInit) => Promise<Response> = async () => new Response('{}', { status: 500 })
  readonly #listeners = new Set<() => void>()
  #state: SessionState

  constructor(state: SessionState) {
    this.#state = state
  }

  state(): SessionState {
    return this.#state
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Changes what the session is, as time or another window would. */
  become(state: SessionState): void {
    this.#state = state
    act(() => {
      for (const listener of this.#listeners) listener()
    })
  }

  async signIn(asOther = false): Promise<void> {
    this.calls.push(asOther ? 'signIn as other' : 'signIn')
  }

  async renew(): Promise<void> {
    this.calls.push('renew')
  }

  async chooseMandate({ hash }: OfficerMandate): Promise<void> {
    this.calls.push(`chooseMandate ${hash}`)
  }

  setGrounds(grounds: NonNullable<SignedIn['grounds']>): void {
    if (this.#state.kind !== 'signed-in') return
    this.calls.push(`setGrounds ${grounds.purpose} ${grounds.caseId ?? '-'}`)
    this.become({ ...this.#state, grounds })
  }

  /** Nothing is to be made ready. */
  prepare(): void {}

  async signOut(): Promise<void> {
    this.calls.push('signOut')
  }

  async ask<Data, Variables extends object>(
    document: ConsoleDocument<Data, Variables>,
    variables: Variables,
    options: AskOptions = {},
  ): Promise<SessionAnswer<Data>> {
    const question = { name: document.name, variables, options }
    this.asked.push(question)
    const at = this.asked.length
    const answer = await this.answering(question)
    return { ...makeAnswer(document.name, { requestId: `r${at}`, at }), ...answer } as SessionAnswer<Data>
  }

  async sendTo(_audience: string, address: string, init: RequestInit & { readonly method: string }): Promise<Response> {
    return this.sending(address, init)
  }

  async providerToken(): Promise<string> {
    throw new Error('expected no component to take the provider’s token')
  }
}

/** Makes an answer to which the three countries of the mandate gave their parts. */
export function makeAnswer(operation: string, part: Partial<SessionAnswer<unknown>> = {}): SessionAnswer<unknown> {
  const countries = COUNTRIES.map((country) => ({ country, domain: 'cases', reach: 'ANSWERED', code: null }))
  return {
    ...{ operation, data: {}, problems: [], countries, denied: [], requestId: 'r1', at: 1 },
    ...{ purpose: 'INVESTIGATION', ...part },
  }
}

/** What a test may choose. */
export interface Showing {
  readonly language?: ConsoleLanguage
  readonly state?: SessionState
  readonly config?: Partial<ConsoleConfig>
  readonly answering?: Answering
  /** The place of the component in the router's form, and where the officer is. Default: the first page. */
  readonly path?: string
  readonly at?: string
}

/** What a test sees besides the document. */
export interface Shown {
  readonly user: UserEvent
  readonly session: TestSession
  /** Where the officer is. */
  place(): string
  /** Changes the language, as the button in the bar does. */
  speak(language: ConsoleLanguage): Promise<void>
}

/** Shows a component until the end of the test. */
export async function show(ui: ReactNode, showing: Showing = {}): Promise<Shown> {
  const { language = 'es', state = SIGNED_IN, config = {}, answering, path = '/', at = path } = showing
  await speakWords(language)
  const session = new TestSession(state)
  if (answering !== undefined) session.answering = answering
  const world = { session, config: { ...readConfig(CONFIG), ...config } }
  const root = createRootRoute({ component: Outlet, notFoundComponent: () => null })
  const page = createRoute({ getParentRoute: () => root, path, component: () => ui })
  const history = createMemoryHistory({ initialEntries: [at] })
  const router = createRouter({ routeTree: root.addChildren([page]), history })
  const asked = { retry: false, networkMode: 'always', staleTime: Number.POSITIVE_INFINITY } as const
  const queries = new QueryClient({ defaultOptions: { queries: asked } })
  await router.load()
  onTestFinished(() => {
    cleanup()
    queries.clear()
    forgetKeptState()
    forgetSlowCountries()
    localStorage.clear()
  })
  render(
    <Look>
      <QueryClientProvider client={queries}>
        <SessionContext.Provider value={world}>
          <LineProvider>
            <RouterProvider router={router} />
          </LineProvider>
        </SessionContext.Provider>
      </QueryClientProvider>
    </Look>,
  )
  return {
    user: userEvent.setup(),
    session,
    place: () => history.location.href,
    speak: (next) => act(() => speakWords(next)),
  }
}

/** Returns a text of the words in the language that is shown. */
export function word(key: string, values: Readonly<Record<string, unknown>> = {}): string {
  return i18next.t(key, values)
}

async function speakWords(language: ConsoleLanguage): Promise<void> {
  if (i18next.isInitialized) return void (await i18next.changeLanguage(language))
  const resources = { es: { translation: WORDS.es }, en: { translation: WORDS.en } }
  const interpolation = { escapeValue: false }
  // A key that is made of parts is known only when it is said.
  const parseMissingKeyHandler = (key: string, fallback?: string): string => {
    if (fallback === undefined) throw new RangeError(`expected a text at ${key}; came none`)
    return fallback
  }
  await i18next
    .use(initReactI18next)
    .init({ lng: language, fallbackLng: 'es', resources, interpolation, parseMissingKeyHandler })
}

/** The input behind a field for a file, which is a button with the words of the page. @throws {Error} if there is no such field. */
export function fileInput(label: string): HTMLInputElement {
  const near = screen.getByLabelText(label).parentElement?.parentElement
  const input = near?.parentElement?.querySelector<HTMLInputElement>('input[type=file]')
  if (input == null) throw new Error(`expected a field for a file with the label ${label}`)
  return input
}
