import type { Room } from '../shell/rooms.ts'

/** The analyst's rooms. */
export const ANALYST_ROOMS: readonly Room[] = [
  {
    ...{ path: '/', name: 'rooms.search', group: 'analyst', isInMenu: true },
    load: async () => ({ Page: (await import('./search/search-page.tsx')).SearchPage }),
  },
]
