/** The mandate authority of GT with its officers, and the mandates that it believes. */
import { pino } from 'pino'
import type { Mandates } from '../../authority/doors.ts'
import { type Authority, startAuthority } from '../../authority/main.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import type { MandateDocument } from '../../contract/trust/mandate-document.ts'
import { createTestDatabase } from '../authority/database.ts'
import { type World as AuthorityFiles, createWorld, ISSUER } from '../authority/world.ts'
import { openMandates, type TestMandate, type TestMandates } from '../country-tokens/test-mandates.ts'
import { openTcpDoor } from './tcp-door.ts'

const DAY_MS = 86_400_000

/** The day so many days after today, as a mandate has it. */
export function dayAfter(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
}

/** The roles of officers: each has the mandate that names it. */
export const ROLES = ['prosecutor', 'analyst', 'clerk', 'retired', 'judge'] as const
/** A role. `retired`: the last day of its mandate is over. */
export type Role = (typeof ROLES)[number]

/** A running authority. */
export interface Officers {
  readonly files: AuthorityFiles
  readonly url: string
  readonly mandates: TestMandates
  readonly mandateOf: Readonly<Record<Role, TestMandate>>
  /** The hashes of mandates that were revoked, or whose last day the authority has noticed. */
  readonly ended: Set<string>
  /** How far the authority's clock is ahead, in seconds. */
  aheadS: number
  /** Stops the authority, so that its log has all. */
  stop(): Promise<void>
  close(): Promise<void>
}

/**
 * Starts the authority over TLS, with a token endpoint and a log of its own.
 * @param writeTls writes `server.cert.pem`, `server.key.pem` and `clients.pem` into its folder.
 */
export async function startOfficers(writeTls: (folder: string) => Promise<void>): Promise<Officers> {
  const door = await openTcpDoor()
  const url = `https://127.0.0.1:${door.port}`
  const tls = { cert: 'server.cert.pem', key: 'server.key.pem', clientCa: 'clients.pem' }
  const files = await createWorld({ publicUrl: url, tls })
  await writeTls(files.folder)
  const mandates = await openMandates(ISSUER)
  const mandateOf = Object.fromEntries(
    await Promise.all(ROLES.map(async (role) => [role, await mandates.make(changesFor(role))] as const)),
  ) as Record<Role, TestMandate>
  const ended = new Set<string>()
  const database = await createTestDatabase()
  const state = { aheadS: 0 }
  const authority: Authority = await startAuthority({
    ...{ settings: await readAuthoritySettings(files.config), isDevelopment: true, log: pino({ level: 'silent' }) },
    ...{ openMandates: async () => believe(mandateOf, ended), findSuspension: () => null },
    ...{ openDatabase: database.open, now: () => Date.now() + state.aheadS * 1_000 },
  })
  door.leadsTo = Number(new URL(authority.url).port)
  let stopping: Promise<void> | null = null
  const stop = (): Promise<void> => {
    stopping ??= authority.close()
    return stopping
  }
  return Object.assign(state, {
    ...{ files, url, mandates, mandateOf, ended, stop },
    async close() {
      await stop()
      await database.remove()
      door.close()
    },
  })
}

function changesFor(role: Role): Partial<MandateDocument> {
  const officers = [{ agency: 'GT-MP-FECO', role }]
  if (role !== 'retired') return { officers }
  return { officers, issued: Math.floor(Date.now() / 1_000) - 20 * 86_400, not_after: dayAfter(-3) }
}

/** The authority takes every mandate for one in force that nobody has ended: it may be wrong, and a node is not. */
function believe(all: Readonly<Record<Role, TestMandate>>, ended: ReadonlySet<string>): Mandates {
  const inForce = () => Object.values(all).filter(({ hash }) => !ended.has(hash))
  return {
    findFor: async ({ agency, role }) =>
      inForce().filter(({ document }) =>
        document.officers.some((one) => 'agency' in one && one.agency === agency && one.role === role),
      ),
    find: async (hash) => inForce().find((mandate) => mandate.hash === hash) ?? null,
    prove: async (hash) =>
      Object.values(all)
        .find((mandate) => mandate.hash === hash)
        ?.prove() ?? null,
  }
}
