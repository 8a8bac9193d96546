import './styles/console.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { forgetKeptState } from './components/use-kept-state.ts'
import { createConsoleRouter } from './router.tsx'
import { thisBrowser } from './session/browser.ts'
import { CONFIG_PATH, type ConsoleConfig, readConfig } from './session/config.ts'
import { ConsoleSession } from './session/console-session.ts'
import { openKeyStore } from './session/key-store.ts'
import { SessionContext } from './session/use-session.ts'
import { BrokenStart } from './shell/broken-start.tsx'
import { openWords } from './words/words.ts'

const place = document.getElementById('root')
if (place === null) throw new Error('expected the page to have a place for the console')
const root = createRoot(place)

async function loadConfig(): Promise<ConsoleConfig> {
  const response = await fetch(CONFIG_PATH, { credentials: 'omit', cache: 'no-store' })
  if (!response.ok) throw new Error(`${CONFIG_PATH}: expected the settings; came status ${response.status}`)
  return readConfig(await response.json())
}

async function start(): Promise<void> {
  const config = await loadConfig()
  const session = new ConsoleSession({ config, browser: thisBrowser(), keys: openKeyStore() })
  // An answer is as of its time. Nothing is asked again by itself, because each question is an entry in the countries' logs.
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        ...{ staleTime: Number.POSITIVE_INFINITY, gcTime: 1_800_000, retry: false, networkMode: 'always' },
        ...{ refetchOnWindowFocus: false, refetchOnReconnect: false, refetchOnMount: false },
      },
    },
  })
  session.subscribe(() => {
    if (session.state().kind !== 'signed-out') return
    queries.clear()
    forgetKeptState()
  })
  await session.start()
  // After the start, which cleans the address of what the provider put there.
  const router = createConsoleRouter(config)
  root.render(
    <QueryClientProvider client={queries}>
      <SessionContext.Provider value={{ session, config }}>
        <RouterProvider router={router} />
      </SessionContext.Provider>
    </QueryClientProvider>,
  )
}

await openWords()
await start().catch((error: unknown) => {
  root.render(<BrokenStart detail={error instanceof Error ? error.message : String(error)} />)
})
