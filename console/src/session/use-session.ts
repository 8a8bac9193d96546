import { createContext, useContext, useSyncExternalStore } from 'react'
import type { ConsoleConfig } from './config.ts'
import type { Session, SessionState, SignedIn } from './session.ts'

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
