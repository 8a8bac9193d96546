import type { Browser } from './browser.ts'
import type { ConsoleConfig } from './config.ts'
import type { KeyStore } from './key-store.ts'
import type { BegunSignIn } from './pkce.ts'

/** What a session is made of. */
export interface SessionParts {
  readonly config: ConsoleConfig
  readonly browser: Browser
  readonly keys: KeyStore
}

/** A renewal that a window of its own works on, and the questions that wait for it. */
export interface Renewal {
  readonly done: Promise<void>
  resolve(): void
  begun: BegunSignIn | null
}
