import type { Room } from '../shell/rooms.ts'

/** What each room of the analyst has: who reads logs asks no country. */
const COMMON = { group: 'analyst', purposes: (purpose: string | null) => purpose !== 'OVERSIGHT' } as const

/** The analyst's rooms. */
export const ANALYST_ROOMS: readonly Room[] = (
  [
    {
      path: '/',
      name: 'rooms.search',
      icon: 'search',
      load: async () => ({ Page: (await import('./begin-page.tsx')).BeginPage }),
    },
    {
      path: '/cases',
      name: 'rooms.cases',
      scopes: ['case:read'],
      icon: 'cases',
      load: async () => ({ Page: (await import('./cases/cases-page.tsx')).CasesPage }),
    },
    {
      path: '/counts',
      name: 'rooms.counts',
      scopes: ['case:count'],
      icon: 'counts',
      load: async () => ({ Page: (await import('./counts/counts-page.tsx')).CountsPage }),
    },
    {
      path: '/lists',
      name: 'rooms.lists',
      short: 'rooms.shortLists',
      scopes: ['person:hit'],
      icon: 'list',
      load: async () => ({ Page: (await import('./lists/lists-page.tsx')).ListsPage }),
    },
    {
      path: '/law',
      name: 'rooms.law',
      short: 'rooms.shortLaw',
      scopes: ['case:read', 'mla:read'],
      icon: 'law',
      load: async () => ({ Page: (await import('./law/law-page.tsx')).LawPage }),
    },
    {
      path: '/notes',
      name: 'rooms.notes',
      icon: 'note',
      load: async () => ({ Page: (await import('../notes/notes-page.tsx')).NotesPage }),
    },
    {
      path: '/person/$id',
      name: 'rooms.person',
      icon: 'two',
      load: async () => ({ Page: (await import('./person/person-page.tsx')).PersonPage }),
    },
    {
      path: '/case/$id',
      name: 'rooms.case',
      icon: 'cases',
      load: async () => ({ Page: (await import('./case/case-page.tsx')).CasePage }),
    },
    {
      path: '/network/$id',
      name: 'rooms.network',
      icon: 'network',
      load: async () => ({ Page: (await import('./network/network-page.tsx')).NetworkPage }),
    },
  ] as const
).map((room) => ({ ...COMMON, ...room }))
