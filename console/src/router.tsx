import {
  type AnyRouter,
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
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
    }),
  )
  return createRouter({ routeTree: root.addChildren(routes), history: createHashHistory(), defaultPreload: 'intent' })
}
