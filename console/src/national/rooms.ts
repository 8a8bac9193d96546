import type { ConsoleConfig } from '../session/config.ts'
import type { Room } from '../shell/rooms.ts'

/** The national team's rooms. The first asks oversight; the other prepares a command. */
export const NATIONAL_ROOMS: readonly Room[] = [
  {
    path: '/national',
    name: 'national.node',
    icon: 'shield',
    group: 'national',
    // What the own node was asked stands in the audit logs, which are read for one purpose.
    purposes: (purpose) => purpose === 'OVERSIGHT',
    isThere: ({ oversight }: ConsoleConfig) => oversight !== null,
    load: async () => ({ Page: (await import('./node-page.tsx')).NodePage }),
  },
  {
    path: '/national/suspend',
    name: 'national.suspend',
    notFor: ['analyst', 'liaison', 'officer'],
    icon: 'stop',
    group: 'national',
    load: async () => ({ Page: (await import('./suspend-page.tsx')).SuspendPage }),
  },
]
