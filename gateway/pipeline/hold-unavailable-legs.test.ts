import { expect, it } from 'vitest'
import { aContext, aParticipant } from '../testing.ts'
import type { Leg, SendLeg } from '../types/flow.ts'
import type { Participant } from '../types/participant.ts'
import { holdUnavailableLegs } from './layers.ts'

const ANSWERS: SendLeg = async () => ({ kind: 'answered', data: null, errors: [] })
const legTo = (country: string | null) => ({ country, domain: 'cases' }) as Leg

it('holds back the legs of a request in progress as soon as their country is unavailable, and no others', async () => {
  let honduras: Participant = aParticipant('HN')
  const participantOf = (country: string) => (country === 'HN' ? honduras : undefined)
  const send = holdUnavailableLegs(participantOf)(ANSWERS)
  expect(await send(legTo('HN'), aContext())).toMatchObject({ kind: 'answered' })
  for (const code of ['SUSPENDED', 'CONFIGURATION_INVALID'] as const) {
    honduras = { ...honduras, unavailable: { code, reason: null, since: null } }
    expect(await send(legTo('HN'), aContext())).toEqual({ kind: 'failed', outcome: { reach: 'UNAVAILABLE', code } })
  }
  expect(await send(legTo('GT'), aContext())).toMatchObject({ kind: 'answered' })
  expect(await send(legTo(null), aContext())).toMatchObject({ kind: 'answered' })
})
