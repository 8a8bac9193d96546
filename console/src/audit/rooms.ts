import type { ConsoleConfig } from '../session/config.ts'
import type { Room } from '../shell/rooms.ts'

/** What each room of the auditor has: it asks oversight, for one purpose. */
const COMMON = {
  group: 'audit',
  purposes: (purpose: string | null) => purpose === 'OVERSIGHT',
  isThere: ({ oversight }: ConsoleConfig) => oversight !== null,
} as const

/** The auditor's rooms. */
export const AUDIT_ROOMS: readonly Room[] = (
  [
    {
      path: '/audit',
      name: 'audit.search',
      short: 'rooms.shortEntries',
      icon: 'search',
      load: async () => ({ Page: (await import('./search-page.tsx')).SearchPage }),
    },
    {
      path: '/audit/entry/$id',
      name: 'audit.entry',
      icon: 'document',
      load: async () => ({ Page: (await import('./entry-page.tsx')).EntryPage }),
    },
    {
      path: '/audit/counts',
      name: 'audit.counts',
      icon: 'counts',
      load: async () => ({ Page: (await import('./counts-page.tsx')).CountsPage }),
    },
    {
      path: '/audit/patterns',
      name: 'audit.patterns',
      icon: 'pattern',
      load: async () => ({ Page: (await import('./patterns-page.tsx')).PatternsPage }),
    },
    {
      path: '/audit/record',
      name: 'audit.record',
      short: 'rooms.shortRecord',
      icon: 'eye',
      load: async () => ({ Page: (await import('./record-page.tsx')).RecordPage }),
    },
    {
      path: '/audit/logs',
      name: 'audit.logs',
      short: 'rooms.shortLogs',
      icon: 'shield',
      load: async () => ({ Page: (await import('./logs-page.tsx')).LogsPage }),
    },
    {
      path: '/audit/report',
      name: 'audit.report',
      short: 'rooms.shortReport',
      icon: 'document',
      load: async () => ({ Page: (await import('./report-page.tsx')).ReportPage }),
    },
  ] as const
).map((room) => ({ ...COMMON, ...room }))
