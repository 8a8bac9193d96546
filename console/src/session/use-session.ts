import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { createContext, useContext, useState, useSyncExternalStore } from 'react'
import type { ConsoleConfig } from './config.ts'
import type { ConsoleDocument, Session, SessionAnswer, SessionState, SignedIn } from './session.ts'

/** What each part of the page can reach. */
export interface ConsoleWorld {
  readonly session: Session
  readonly config: ConsoleConfig
}

/** Gives the page its session. */
export const SessionContext = createContext<ConsoleWorld | null>(null)

/** Returns the session and the settings. @throws {Error} outside the console. */
export function useWorld(): ConsoleWorld {
  const world = useContext(SessionContext)
  if (world === null) throw new Error('expected to be inside the console')
  return world
}

/** Returns what the session is now, and renders again when that changes. */
export function useSessionState(): SessionState {
  const { session } = useWorld()
  return useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.state(),
  )
}

/** Returns who is signed in. Pages are shown only then. @throws {Error} if nobody is. */
export function useSignedIn(): SignedIn {
  const state = useSessionState()
  if (state.kind !== 'signed-in') throw new Error('expected somebody to be signed in')
  return state
}

/** How often the officer has asked again what is shown. */
export const RoundContext = createContext(0)

/**
 * Returns the purpose under which a question was asked. A question that is on the page keeps it when the officer chooses another purpose: nothing is asked
 * again by itself, because each question is an entry in the countries' logs. The next question is asked under the new purpose, and this one too once the
 * officer asks again ({@link RoundContext}).
 * @param question what names the question on its page: its variables.
 */
export function useAskedPurpose(question: unknown): string | null {
  const purpose = useSignedIn().grounds?.purpose ?? null
  const round = useContext(RoundContext)
  const name = JSON.stringify([round, question])
  const [asked, setAsked] = useState({ name, purpose })
  if (asked.name === name && asked.purpose !== null) return asked.purpose
  // React renders again at once, before it shows anything.
  if (asked.name !== name || asked.purpose !== purpose) setAsked({ name, purpose })
  return purpose
}

/** The result of one question. */
export type Asked<Data> = UseQueryResult<SessionAnswer<Data>, Error>

/** The name of a question among those that were answered. Another purpose is another question. */
export function nameQuestion(purpose: string | null, document: { readonly name: string }, variables: unknown) {
  return ['ask', purpose, document.name, variables] as const
}

/** Asks a question once, and keeps its answer. `variables`: null as long as nothing is to be asked. */
export function useAsk<Data, Variables extends object>(
  document: ConsoleDocument<Data, Variables>,
  variables: Variables | null,
): Asked<Data> {
  const { session } = useWorld()
  const purpose = useAskedPurpose(variables)
  return useQuery({
    queryKey: nameQuestion(purpose, document, variables),
    queryFn: () => session.ask(document, variables as Variables),
    enabled: variables !== null && purpose !== null,
  })
}

/** Where a page of rows ends. */
export interface PageEnd {
  readonly hasNextPage: boolean
  readonly endCursor: string | null
}
