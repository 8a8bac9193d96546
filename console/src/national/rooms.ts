import type { ConsoleConfig } from '../session/config.ts'
import { keepFromEval } from '../shell/keep-from-eval.ts'
import type { Room } from '../shell/rooms.ts'

/** The national team's rooms. The first asks oversight; the other prepares a command. */
export const NATIONAL_ROOMS: readonly Room[] = [
  {
    path: '/national',
    name: 'national.node',
    group: 'national',
    isInMenu: true,
    // What the own node was asked stands in the audit logs, which are read for one purpose.
    purposes: ['OVERSIGHT'],
    isThere: ({ oversight }: ConsoleConfig) => oversight !== null,
    load: async () => ({ Page: (await import('./node-page.tsx')).NodePage }),
  },
  {
    path: '/national/suspend',
    name: 'national.suspend',
    group: 'national',
    isInMenu: true,
    load: async () => {
      keepFromEval()
      return { Page: (await import('./suspend-page.tsx')).SuspendPage }
    },
  },
]
