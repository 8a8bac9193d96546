import type { ConsoleConfig } from '../session/config.ts'
import { keepFromEval } from '../shell/keep-from-eval.ts'
import type { Room } from '../shell/rooms.ts'

/** What each room of the auditor has: it asks oversight, for one purpose. */
const COMMON = {
  group: 'audit',
  purposes: ['OVERSIGHT'],
  isThere: ({ oversight }: ConsoleConfig) => oversight !== null,
} as const

/** Loads a page whose modules read entries and keys with Zod. */
async function withZod<Module>(load: () => Promise<Module>): Promise<Module> {
  keepFromEval()
  return load()
}

/** The auditor's rooms. */
export const AUDIT_ROOMS: readonly Room[] = [
  {
    ...COMMON,
    path: '/audit',
    name: 'audit.search',
    isInMenu: true,
    load: async () => ({ Page: (await import('./search-page.tsx')).SearchPage }),
  },
  {
    ...COMMON,
    path: '/audit/entry/$id',
    name: 'audit.entry',
    isInMenu: false,
    load: async () => ({ Page: (await withZod(() => import('./entry-page.tsx'))).EntryPage }),
  },
  {
    ...COMMON,
    path: '/audit/counts',
    name: 'audit.counts',
    isInMenu: true,
    load: async () => ({ Page: (await import('./counts-page.tsx')).CountsPage }),
  },
  {
    ...COMMON,
    path: '/audit/patterns',
    name: 'audit.patterns',
    isInMenu: true,
    load: async () => ({ Page: (await import('./patterns-page.tsx')).PatternsPage }),
  },
  {
    ...COMMON,
    path: '/audit/record',
    name: 'audit.record',
    isInMenu: true,
    load: async () => ({ Page: (await withZod(() => import('./record-page.tsx'))).RecordPage }),
  },
  {
    ...COMMON,
    path: '/audit/logs',
    name: 'audit.logs',
    isInMenu: true,
    load: async () => ({ Page: (await withZod(() => import('./logs-page.tsx'))).LogsPage }),
  },
  {
    ...COMMON,
    path: '/audit/report',
    name: 'audit.report',
    isInMenu: true,
    load: async () => ({ Page: (await withZod(() => import('./report-page.tsx'))).ReportPage }),
  },
]
