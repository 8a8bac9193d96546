import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { generateRevealKeys, readPublicKeys, toPublicKeys } from '../../contract/trust/reveal/reveal-keys.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { createTestDatabase, type TestAuthorityDatabase } from '../../tests/authority/database.ts'
import type { RevealPins } from '../settings/reveal-settings.ts'
import { type AuthorityDatabase, openProjector } from '../store/projector.ts'
import { REVEALS } from '../store/rows.ts'
import { createSealer, type SealOfficer } from './reveals.ts'

const ORIGIN = 'authority.gt.example'

let database: TestAuthorityDatabase
let db: AuthorityDatabase
let pins: readonly RevealPins[]
beforeAll(async () => {
  database = await createTestDatabase()
  db = await database.open()
  const makeKeys = async (signs: boolean) => {
    const keys = toPublicKeys(await generateRevealKeys('X25519', signs))
    return readPublicKeys(JSON.stringify({ keys }))
  }
  const auditors = [{ name: 'ombudsman', keys: await makeKeys(true) }]
  const ofAuthority = [await makeKeys(false), await makeKeys(false)].flatMap(({ sealing }) => sealing)
  pins = ofAuthority.map((authority) => ({ authority, auditors, approvers: [] }))
})
afterAll(() => database.remove())

/** An authority whose log is in memory. Whoever writes waits for `turns`: true lets the next entry be written, false lets it fail. */
async function createWorld() {
  const entries: Entry[] = []
  const turns: ((isWritten: boolean) => void)[] = []
  const followed = {
    origin: ORIGIN,
    size: () => entries.length,
    async *read(from: number) {
      for (const [index, entry] of entries.entries()) if (index >= from) yield { index, entry }
    },
  }
  const projector = await openProjector(db, followed, [REVEALS])
  const recorder = {
    newBase: () => ({ v: 1 as const, id: createUuidV7(Date.now()), time: '2026-01-02T03:04:05.678Z' }),
    async append(written: readonly Entry[]) {
      if (!(await new Promise<boolean>((resolve) => turns.push(resolve)))) throw new Error('the disk is full')
      return written.map((entry) => ({ receipt: { index: entries.push(entry) - 1 } as never }))
    },
  }
  /** Which keys are pinned now; 2: none. */
  const pinned = { which: 0 }
  const authorityLog = { origin: ORIGIN, followed, recorder: recorder as never }
  const world = { authorityLog, db, projector, log: pino({ level: 'silent' }), pins: () => pins[pinned.which] ?? null }
  return { entries, turns, pinned, open: () => createSealer(world) }
}

const officerOf = (ref: string) => ({ issuer: 'https://login.gt.example', subject: `subject of ${ref}` })

describe('officers under seal', () => {
  it('have one seal of each set of keys, whoever waits for it, whatever fails and whenever the authority starts again', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('seal' as const), ref: fc.constantFrom('r1', 'r2') }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), isWritten: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('pin' as const), which: fc.nat(2) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('start' as const) }) },
    )
    const { entries, turns, pinned, open } = await createWorld()
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 16 }), async (steps) => {
        run += 1
        pinned.which = 0
        const before = entries.length
        let seal: SealOfficer = open()
        const isSealed = (ref: string, key: string): number =>
          entries.filter((each) => each.kind === 'officer-seal' && each.officer === ref && each.authority.key === key)
            .length
        const waiting = new Set<Promise<void>>()
        const ask = (name: string): void => {
          const ref = `${run} ${name}`
          const key = pins[pinned.which]?.authority.kid
          const asked = seal(officerOf(ref), ref).then(
            // No token leaves before the entry.
            () => void (key !== undefined && expect(isSealed(ref, key)).toBe(1)),
            (error: Error) => expect(error.message).toBe('the disk is full'),
          )
          const done = asked.finally(() => waiting.delete(done))
          waiting.add(done)
        }
        const writeNext = async (isWritten: boolean): Promise<void> => {
          while (waiting.size > 0 && turns.length === 0) await new Promise((resolve) => setImmediate(resolve))
          turns.shift()?.(isWritten)
        }
        const letAllEnd = async (isWritten: boolean): Promise<void> => {
          while (waiting.size > 0) await writeNext(isWritten)
        }
        for (const each of steps) {
          if (each.kind === 'seal') ask(each.ref)
          else if (each.kind === 'write') await writeNext(each.isWritten)
          else if (each.kind === 'pin') pinned.which = each.which
          else {
            // A process that ends takes what it had begun with it.
            await letAllEnd(false)
            seal = open()
          }
          await new Promise((resolve) => setImmediate(resolve))
        }
        await letAllEnd(true)
        // A seal that failed does not stand in the way of the next try.
        for (const next of [0, 1]) {
          pinned.which = next
          for (const ref of ['r1', 'r2']) ask(ref)
          await letAllEnd(true)
          for (const ref of ['r1', 'r2']) expect(isSealed(`${run} ${ref}`, pins[next]?.authority.kid ?? '')).toBe(1)
        }
        expect(entries.length - before).toBe(4)
      }),
    )
  })
})
