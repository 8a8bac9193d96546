/** A running authority of a test, with a clock and suspensions that the test sets. */
import { pino } from 'pino'
import type { TokenSubject } from '../../authority/doors.ts'
import { type Authority, startAuthority } from '../../authority/main.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { createTestDatabase, type TestAuthorityDatabase } from './database.ts'
import { createTestMandates, createWorld, type World } from './world.ts'

/** The running authority, and what the test may change. */
export interface Running {
  readonly world: World
  readonly database: TestAuthorityDatabase
  /** Its address. It changes with a restart. */
  url: string
  authority: Authority
  /** How far its clock is ahead, in seconds. */
  aheadS: number
  /** Hashes of mandates that were revoked. */
  readonly revoked: Set<string>
  /** Says whether a subject is suspended. */
  isSuspended: (subject: TokenSubject) => boolean
  /** Stops it and starts it again, by default with the same database. */
  readonly restart: (database?: TestAuthorityDatabase) => Promise<void>
  readonly remove: () => Promise<void>
}

/** Starts an authority in a new folder. */
export async function startTestAuthority(): Promise<Running> {
  const world = await createWorld()
  const database = await createTestDatabase()
  const revoked = new Set<string>()
  const start = async (from: TestAuthorityDatabase): Promise<Authority> =>
    startAuthority({
      ...{ settings: await readAuthoritySettings(world.config), isDevelopment: true, log: pino({ level: 'silent' }) },
      openMandates: async () => createTestMandates(revoked),
      findSuspension: (subject) => (running.isSuspended(subject) ? {} : null),
      ...{ openDatabase: from.open, now: () => Date.now() + running.aheadS * 1_000 },
    })
  const running: Omit<Running, 'authority'> & { authority?: Authority } = {
    ...{ world, database, url: '', aheadS: 0, revoked, isSuspended: () => false },
    async restart(from = database) {
      await running.authority?.close()
      running.authority = await start(from)
      running.url = running.authority.url
    },
    async remove() {
      await running.authority?.close()
      await database.remove()
      await world.remove()
    },
  }
  await running.restart()
  return running as Running
}
