import './styles/console.css'
import type { Begun } from './app.tsx'
import { thisBrowser } from './session/browser.ts'
import { ConsoleSession } from './session/console-session.ts'
import { openKeyStore } from './session/key-store.ts'
import { loadConfig } from './session/load-config.ts'
import { readLanguage } from './words/language.ts'

// The page's first file holds the session and nothing that draws: a sign-in that comes back goes on while the browser still reads the rest.

async function begin(): Promise<Begun> {
  const config = await loadConfig()
  const session = new ConsoleSession({ config, browser: thisBrowser(), keys: openKeyStore() })
  const started = session.start()
  // Whoever shows the page hears of it.
  started.catch(() => undefined)
  return { config, session, started }
}

document.documentElement.lang = readLanguage()
const beginning = begin()
beginning.catch(() => undefined)
void import('./app.tsx').then(({ showConsole }) => showConsole(beginning))
