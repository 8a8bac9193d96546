import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { forgetKeptState } from './components/use-kept-state.ts'
import { Look } from './look/look.tsx'
import { createConsoleRouter } from './router.tsx'
import type { ConsoleConfig } from './session/config.ts'
import type { Session } from './session/session.ts'
import { SessionContext } from './session/use-session.ts'
import { BrokenStart } from './shell/broken-start.tsx'
import { openWords } from './words/words.ts'

/** What has begun before anything is drawn. */
export interface Begun {
  readonly config: ConsoleConfig
  readonly session: Session
  /** Resolves when the session has taken up what the address says. It has cleaned the address already. */
  readonly started: Promise<void>
}

/** Shows the console, also while the session still begins. */
export async function showConsole(beginning: Promise<Begun>): Promise<void> {
  const place = document.getElementById('root')
  if (place === null) throw new Error('expected the page to have a place for the console')
  const root = createRoot(place)
  await openWords()
  try {
    const begun = await beginning
    root.render(openConsole(begun))
    await begun.started
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    root.render(
      <Look>
        <BrokenStart detail={detail} />
      </Look>,
    )
  }
}

function openConsole({ config, session }: Begun) {
  // An answer is as of its time. Nothing is asked again by itself, because each question is an entry in the countries' logs.
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 1_800_000,
        retry: false,
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        refetchOnMount: false,
      },
    },
  })
  session.subscribe(() => {
    if (session.state().kind !== 'signed-out') return
    queries.clear()
    forgetKeptState()
  })
  const router = createConsoleRouter(config)
  return (
    <Look>
      <QueryClientProvider client={queries}>
        <SessionContext.Provider value={{ session, config }}>
          <RouterProvider router={router} />
        </SessionContext.Provider>
      </QueryClientProvider>
    </Look>
  )
}
