import {
  type AnyRouter,
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { keepState } from './components/use-kept-state.ts'
import type { ConsoleConfig } from './session/config.ts'
import { ROOMS } from './shell/all-rooms.ts'
import { loadRoom } from './shell/load-room.ts'
import { BrokenPage, NotFoundPage } from './shell/other-pages.tsx'
import { Shell } from './shell/shell.tsx'

/**
 * Creates the router. Places are in the fragment of the address: a browser never sends it, so that no record's id and nothing that somebody
 * searches for reaches a server or its logs by the address.
 */
export function createConsoleRouter(config: ConsoleConfig): AnyRouter {
  const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage })
  const routes = ROOMS.filter(({ isThere }) => isThere?.(config) ?? true).map(({ path, load }) =>
    createRoute({
      getParentRoute: () => root,
      path,
      component: lazyRouteComponent(loadRoom(load), 'Page'),
      errorComponent: BrokenPage,
      beforeLoad: ({ search }) => keepSought(search),
    }),
  )
  return createRouter({ routeTree: root.addChildren(routes), history: createHashHistory(), defaultPreload: 'intent' })
}

/** A story of the landing page says what to look for: `#/?text=…`. It stands in the box, and nothing is asked before the officer presses the button. */
function keepSought({ text }: { readonly text?: unknown }): void {
  if (typeof text === 'string') keepState('searchBegin', { text })
}
