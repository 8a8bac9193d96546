import type { Room } from '../shell/rooms.ts'

/** The analyst's rooms. */
export const ANALYST_ROOMS: readonly Room[] = [
  {
    path: '/',
    name: 'rooms.search',
    group: 'analyst',
    isInMenu: true,
    load: async () => ({ Page: (await import('./search/search-page.tsx')).SearchPage }),
  },
  {
    path: '/cases',
    name: 'rooms.cases',
    group: 'analyst',
    isInMenu: true,
    load: async () => ({ Page: (await import('./cases/cases-page.tsx')).CasesPage }),
  },
  {
    path: '/counts',
    name: 'rooms.counts',
    group: 'analyst',
    isInMenu: true,
    load: async () => ({ Page: (await import('./counts/counts-page.tsx')).CountsPage }),
  },
  {
    path: '/lists',
    name: 'rooms.lists',
    group: 'analyst',
    isInMenu: true,
    load: async () => ({ Page: (await import('./lists/lists-page.tsx')).ListsPage }),
  },
  {
    path: '/law',
    name: 'rooms.law',
    group: 'analyst',
    isInMenu: true,
    load: async () => ({ Page: (await import('./law/law-page.tsx')).LawPage }),
  },
  {
    path: '/notes',
    name: 'rooms.notes',
    group: 'analyst',
    isInMenu: true,
    load: async () => ({ Page: (await import('../notes/notes-page.tsx')).NotesPage }),
  },
  {
    path: '/person/$id',
    name: 'rooms.person',
    group: 'analyst',
    isInMenu: false,
    load: async () => ({ Page: (await import('./person/person-page.tsx')).PersonPage }),
  },
  {
    path: '/case/$id',
    name: 'rooms.case',
    group: 'analyst',
    isInMenu: false,
    load: async () => ({ Page: (await import('./case/case-page.tsx')).CasePage }),
  },
  {
    path: '/network/$id',
    name: 'rooms.network',
    group: 'analyst',
    isInMenu: false,
    load: async () => ({ Page: (await import('./network/network-page.tsx')).NetworkPage }),
  },
]
