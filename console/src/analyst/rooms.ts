import type { Room } from '../shell/rooms.ts'

/** The analyst's rooms. */
export const ANALYST_ROOMS: readonly Room[] = [
  {
    ...{ path: '/', name: 'rooms.search', group: 'analyst', isInMenu: true },
    load: async () => ({ Page: (await import('./search/search-page.tsx')).SearchPage }),
  },
  {
    ...{ path: '/cases', name: 'rooms.cases', group: 'analyst', isInMenu: true },
    load: async () => ({ Page: (await import('./cases/cases-page.tsx')).CasesPage }),
  },
  {
    ...{ path: '/person/$id', name: 'rooms.person', group: 'analyst', isInMenu: false },
    load: async () => ({ Page: (await import('./person/person-page.tsx')).PersonPage }),
  },
  {
    ...{ path: '/case/$id', name: 'rooms.case', group: 'analyst', isInMenu: false },
    load: async () => ({ Page: (await import('./case/case-page.tsx')).CasePage }),
  },
]
