import type { ConsoleConfig } from '../session/config.ts'
import { keepFromEval } from '../shell/keep-from-eval.ts'
import type { Room } from '../shell/rooms.ts'

/** What each room of the auditor has: it asks oversight, for one purpose. */
const COMMON = {
  group: 'audit',
  purposes: (purpose: string | null) => purpose === 'OVERSIGHT',
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
    icon: 'search',
    load: async () => ({ Page: (await import('./search-page.tsx')).SearchPage }),
  },
  {
    ...COMMON,
    path: '/audit/entry/$id',
    name: 'audit.entry',
    icon: 'document',
    load: async () => ({ Page: (await withZod(() => import('./entry-page.tsx'))).EntryPage }),
  },
  {
    ...COMMON,
    path: '/audit/counts',
    name: 'audit.counts',
    icon: 'counts',
    load: async () => ({ Page: (await import('./counts-page.tsx')).CountsPage }),
  },
  {
    ...COMMON,
    path: '/audit/patterns',
    name: 'audit.patterns',
    icon: 'pattern',
    load: async () => ({ Page: (await import('./patterns-page.tsx')).PatternsPage }),
  },
  {
    ...COMMON,
    path: '/audit/record',
    name: 'audit.record',
    icon: 'eye',
    load: async () => ({ Page: (await withZod(() => import('./record-page.tsx'))).RecordPage }),
  },
  {
    ...COMMON,
    path: '/audit/logs',
    name: 'audit.logs',
    icon: 'shield',
    load: async () => ({ Page: (await withZod(() => import('./logs-page.tsx'))).LogsPage }),
  },
  {
    ...COMMON,
    path: '/audit/report',
    name: 'audit.report',
    icon: 'document',
    load: async () => ({ Page: (await withZod(() => import('./report-page.tsx'))).ReportPage }),
  },
]
