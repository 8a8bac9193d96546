/** A running authority of a test, with a clock that the test sets, and people who suspend. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { type Authority, startAuthority } from '../../authority/main.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import type { SuspendedWhat } from '../../contract/trust/suspension.ts'
import { deliverSuspension, findRefusal, isWaiting } from '../../service/suspensions/suspensions.ts'
import { makeSuspender, type TestSuspender } from '../../service/suspensions/testing.ts'
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
  /** Called when the authority has looked a mandate up: what happens then happens while a token is made. */
  afterFind: () => void
  /** The country, which owns what is suspended, and somebody else who may suspend. */
  readonly country: TestSuspender
  readonly oversight: TestSuspender
  /** Signs an act, by default as the country, and delivers it. Resolves to why it was refused, or to null when it is in effect. */
  readonly act: (action: 'suspend' | 'resume', what: SuspendedWhat, by?: TestSuspender) => Promise<string | null>
  /** Delivers a statement. Resolves as `act`. */
  readonly deliver: (statement: string) => Promise<string | null>
  /** Stops it and starts it again, by default with the same database. */
  readonly restart: (database?: TestAuthorityDatabase) => Promise<void>
  readonly remove: () => Promise<void>
}

/** Starts an authority in a new folder. `over` changes settings. */
export async function startTestAuthority(over: Readonly<Record<string, unknown>> = {}): Promise<Running> {
  const [country, oversight] = [makeSuspender('GT', true), makeSuspender('oversight-gt')]
  const suspenders = [country, oversight].map(({ signer: { name, key } }) => ({ name, key }))
  const world = await createWorld({ suspensions: 'stop', suspenders, ...over })
  const database = await createTestDatabase()
  const revoked = new Set<string>()
  const start = async (from: TestAuthorityDatabase): Promise<Authority> =>
    startAuthority({
      ...{ settings: await readAuthoritySettings(world.config), isDevelopment: true, log: pino({ level: 'silent' }) },
      openMandates: async () => {
        const mandates = createTestMandates(revoked)
        const find = async (hash: string) => {
          const found = await mandates.find(hash)
          running.afterFind()
          return found
        }
        return { ...mandates, find }
      },
      ...{ openDatabase: from.open, now: () => Date.now() + running.aheadS * 1_000 },
    })
  const running: Omit<Running, 'authority'> & { authority?: Authority } = {
    ...{ world, database, url: '', aheadS: 0, revoked, country, oversight, afterFind: () => undefined },
    act: (action, what, by = country) => running.deliver(by.sign(action, what)),
    deliver: (statement) => deliverTo(join(world.folder, 'stop'), statement),
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

/** Delivers a statement to a process that runs. Resolves when it was taken, to why it was refused; null if it was not. */
export async function deliverTo(folder: string, statement: string): Promise<string | null> {
  const name = await deliverSuspension(folder, statement)
  while (await isWaiting(folder, name)) await sleep(20)
  return findRefusal(folder, name)
}
