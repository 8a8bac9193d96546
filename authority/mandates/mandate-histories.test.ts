import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MandateAct } from '../../contract/trust/mandate-act.ts'
import { type MandateDocument, signMandate } from '../../contract/trust/mandate-document.ts'
import { signRevocation } from '../../contract/trust/mandate-revocation.ts'
import { hashPayload, type PersonalJws } from '../../contract/trust/personal-jws.ts'
import { ISSUED_S } from '../../contract/trust/testing.ts'
import { MandateRefusedError } from './acts.ts'
import { APPROVING, DRAFTING, documentOf, newDisk, newPerson, OFFICER_POST, start } from './testing.ts'

/**
 * Random histories of acts, right and wrong ones, with restarts, a disk that fails and days that pass. The oracle beside it is a plain list of
 * mandates with sentences of the design as conditions. After each step, authority and oracle must agree on each mandate's state and on who is an
 * officer of which.
 */

const people = await Promise.all([
  newPerson('ana', DRAFTING),
  newPerson('beto', APPROVING),
  newPerson('carla', APPROVING),
  newPerson('olga', OFFICER_POST),
])
const [, beto, carla] = people
const TOKEN = 'a token'
const DAY_S = 86_400

const who = fc.nat(people.length - 1)
/** Mostly the right person, so that histories get far. */
const mostly = (right: number) => fc.oneof({ weight: 6, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: who })
const approvals = fc.oneof(
  // Null: the approver whom the mandate names.
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ by: who, key: who }) },
)
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('draft' as const),
      by: mostly(0),
      drafter: mostly(0),
      approver: fc.oneof(mostly(1), mostly(2)),
      days: fc.nat(9),
      namesPost: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('approve' as const), act: approvals, which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('revoke' as const), act: approvals, which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('break' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 30 }) }) },
)

/** A mandate as the oracle sees it. `endMs` is midnight in Guatemala after the last day: six hours later than in UTC. */
interface Seen {
  readonly hash: string
  readonly jws: PersonalJws
  readonly drafter: number
  readonly approver: number
  readonly namesApprovers: boolean
  readonly endMs: number
  state: 'DRAFTED' | 'APPROVED' | 'REVOKED'
  /** Whose key approved it. */
  approvedWith: number | undefined
}

const isDrafter = (by: number) => by === 0
const isApprover = (by: number) => by === 1 || by === 2

it('in any history of acts, the authority says of each mandate what a plain list says', async () => {
  const reached = { approved: 0, revoked: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30, size: 'max' }), async (steps) => {
      const disk = newDisk()
      let nowMs = (ISSUED_S + 60) * 1_000
      const now = () => nowMs
      const approvers = [beto, carla].flatMap((each) => each ?? [])
      let running = await start(disk, { approvers, now })
      const named = await running.mandates.act(people[0] as (typeof people)[0], {
        ...{ act: 'name', token: TOKEN },
        subjects: people.slice(1).map(({ subject }) => subject),
      })
      const hashes = named.persons ?? []
      const seen: Seen[] = []
      /** The plain list's memory of who used which key first. */
      const owners = new Map<number, number>()
      let isBroken = false

      const attempt = async (by: number, act: MandateAct, isRight: boolean, then: () => void) => {
        const person = people[by]
        if (person === undefined) throw new Error('nobody')
        const result = await running.mandates.act(person, act).catch((error: unknown) => error)
        if (result instanceof Error && !(result instanceof MandateRefusedError)) {
          expect(isBroken).toBe(true)
          isBroken = false
        } else {
          expect(result instanceof MandateRefusedError, String(result)).toBe(!isRight)
          if (isRight) then()
        }
      }
      const isOwner = (key: number, by: number) => (owners.get(key) ?? by) === by
      const own = (key: number, by: number) => void owners.set(key, owners.get(key) ?? by)

      for (const each of steps) {
        if (each.kind === 'restart') {
          await running.stop()
          running = await start(disk, { approvers, now })
          isBroken = false
        } else if (each.kind === 'break') {
          running.breakDisk()
          isBroken = true
        } else if (each.kind === 'wait') nowMs += each.hours * 3_600_000
        else if (each.kind === 'draft') {
          if (each.drafter === each.approver) continue
          const issued = Math.floor(nowMs / 1_000)
          const lastDay = new Date(nowMs - 6 * 3_600_000 + each.days * DAY_S * 1_000).toISOString().slice(0, 10)
          const document: MandateDocument = documentOf(
            { drafter: hashes[each.drafter] ?? '', approver: hashes[each.approver] ?? '' },
            { issued, not_after: lastDay, officers: each.namesPost ? [OFFICER_POST, APPROVING] : [OFFICER_POST] },
          )
          const key = people[each.by]?.key
          if (key === undefined) continue
          const jws = await signMandate(document, key, 'drafter')
          const isRight = isDrafter(each.by) && each.drafter === each.by && isOwner(each.by, each.by)
          await attempt(each.by, { act: 'draft', token: TOKEN, document: JSON.stringify(jws) }, isRight, () => {
            own(each.by, each.by)
            seen.push({
              ...{
                hash: hashPayload(jws.payload),
                jws,
                drafter: each.drafter,
                approver: each.approver,
                state: 'DRAFTED',
                approvedWith: undefined,
              },
              ...{ namesApprovers: each.namesPost, endMs: Date.parse(`${lastDay}T00:00:00Z`) + 30 * 3_600_000 },
            })
          })
        } else {
          const mandate = seen[each.which % Math.max(seen.length, 1)]
          const { by, key: whose } = each.act ?? { by: mandate?.approver ?? 1, key: mandate?.approver ?? 1 }
          const key = people[whose]?.key
          if (mandate === undefined || key === undefined) continue
          const mayUseKey = isOwner(whose, by)
          if (each.kind === 'approve') {
            const jws = await signMandate(mandate.jws, key, 'approver')
            const isAgain = mandate.state === 'APPROVED' && mandate.approver === by && whose === mandate.approvedWith
            const isRight =
              isApprover(by) &&
              isApprover(whose) &&
              mayUseKey &&
              mandate.state === 'DRAFTED' &&
              mandate.approver === by &&
              !mandate.namesApprovers &&
              nowMs < mandate.endMs
            await attempt(
              by,
              { act: 'approve', token: TOKEN, document: JSON.stringify(jws) },
              isRight || isAgain,
              () => {
                own(whose, by)
                if (mandate.state === 'DRAFTED') reached.approved += 1
                mandate.state = 'APPROVED'
                mandate.approvedWith = whose
              },
            )
          } else {
            const issued = Math.floor(nowMs / 1_000)
            const jws = await signRevocation({ v: 1, mandate: mandate.hash, issued, reason: 'closed' }, key)
            const isRight = (isDrafter(by) || isApprover(by)) && mayUseKey
            await attempt(by, { act: 'revoke', token: TOKEN, document: JSON.stringify(jws) }, isRight, () => {
              if (mandate.state === 'APPROVED') reached.revoked += 1
              if (mandate.state !== 'REVOKED') own(whose, by)
              mandate.state = 'REVOKED'
            })
          }
        }
        const expected = seen.map(({ hash, state, endMs }) => ({
          hash,
          state: state !== 'REVOKED' && nowMs >= endMs ? 'EXPIRED' : state,
        }))
        expect(running.mandates.list().map(({ hash, state }) => ({ hash, state }))).toEqual(expected)
        const olga = people[3]
        if (olga === undefined) throw new Error('nobody')
        expect((await running.mandates.findFor(olga)).map(({ hash }) => hash)).toEqual(
          expected.filter(({ state }) => state === 'APPROVED').map(({ hash }) => hash),
        )
      }
      await running.stop()
    }),
    { numRuns: 40 },
  )
  // Otherwise the histories would show nothing.
  expect(Math.min(reached.approved / 15, reached.revoked / 3), JSON.stringify(reached)).toBeGreaterThan(1)
})
