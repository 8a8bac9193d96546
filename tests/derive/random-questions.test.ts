import { hash } from 'node:crypto'
import fc from 'fast-check'
import { print } from 'graphql'
import { expect, it } from 'vitest'
import {
  type AnsweredLeg,
  compareDerived,
  playAnswers,
  type RecordedLeg,
  takeApart,
} from '../../auditors/derive/derive-question.ts'
import { closedAccess } from '../../contract/access/country-access.ts'
import { OPEN_SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { openReplay, type Replay, type ReplayedLeg } from '../../gateway/replay-question.ts'
import { apiSchema, createAsk } from '../oracle/federation.ts'
import { nationsInMemory } from '../oracle/nation.ts'
import type { Operation } from '../oracle/operation.ts'
import { questions } from '../oracle/question.ts'
import type { Publishers, World } from '../oracle/rows.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from '../oracle/runs.ts'

// As the gateway asks a question: it merges legs that are ready at the same time.
const ask = createAsk({ mergesTexts: true })
const replays = new Map<string, Replay>()

function replayOf(publishers: Publishers): Replay {
  const key = JSON.stringify(publishers)
  const countries = Object.entries(publishers).map(([country, domains]) => ({
    access: closedAccess(country),
    sdl: new Map((domains ?? []).map((domain) => [domain, null])),
  }))
  const replay = replays.get(key) ?? openReplay({ supergraphSdl: OPEN_SUPERGRAPH_SDL, countries })
  replays.set(key, replay)
  return replay
}

/** Asks an operation of the real gateway's engine, and returns its legs as a log with all evidence has them. */
async function recordLegs(world: World, operation: Operation): Promise<readonly AnsweredLeg[]> {
  const legs: AnsweredLeg[] = []
  const nations = nationsInMemory(world.rows)
  await ask(world.publishers, operation, async (request) => {
    const answer = await nations(request)
    const { country, domain, query, variables } = request
    const hashes = { operationHash: hash('sha256', query), requestHash: 'sent' }
    const recorded = { country, domain, ...hashes, outcome: 'ANSWERED', opened: { query, variables } }
    legs.push(...takeApart({ recorded, body: JSON.parse(JSON.stringify(answer)) }))
    return answer
  })
  return legs
}

async function derive(world: World, { document, operationName, variables }: Operation, legs: readonly AnsweredLeg[]) {
  const played = playAnswers(legs)
  const question = { document: print(document), operationName, variables, caller: null, grounds: null, timeMs: 0 }
  const derived = await replayOf(world.publishers).ask(question, played.answer)
  return { derived, isComplete: played.isComplete() }
}

const judge = (recorded: readonly RecordedLeg[], derived: readonly ReplayedLeg[], isComplete: boolean) =>
  compareDerived(recorded, derived, isComplete).filter(({ verdict }) => verdict !== 'FOLLOWS')

it(
  'each leg of an honest gateway is derived, whatever the officer asks, and no leg more; one that is changed or left out is not',
  async () => {
    await fc.assert(
      fc.asyncProperty(questions(apiSchema()), fc.nat(), async ({ world, asked }, at) => {
        const legs = await recordLegs(world, asked)
        const { derived, isComplete } = await derive(world, asked, legs)
        const recorded = legs.map((leg) => leg.recorded)
        expect(isComplete).toBe(true)
        expect(judge(recorded, derived, isComplete), print(asked.document)).toEqual([])
        const place = at % Math.max(1, recorded.length)
        const leg = recorded[place]
        if (leg === undefined) return
        const query = `${leg.opened?.query} `
        const changed = { ...leg, operationHash: hash('sha256', query), opened: { query, variables: {} } }
        expect(judge(recorded.with(place, changed), derived, true).map(({ verdict }) => verdict)).toContain(
          'DOES_NOT_FOLLOW',
        )
        const left = judge(recorded.toSpliced(place, 1), derived, true).map(({ verdict }) => verdict)
        // Two legs of one text may ask about the same records.
        const isOnly = recorded.filter((each) => each.operationHash === leg.operationHash).length === 1
        expect(left).toEqual(isOnly ? ['MISSING'] : left.filter((verdict) => verdict === 'MISSING'))
      }),
      runsOf(0.02),
    )
  },
  PROPERTY_TIMEOUT_MS,
)
