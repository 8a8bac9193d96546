import fc from 'fast-check'
import { parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { apiSchema, createAsk } from '../oracle/federation.ts'
import { LITERAL_WORLD } from '../oracle/literal-world.ts'
import { questions } from '../oracle/question.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from '../oracle/runs.ts'
import { compare, legsOf, showQuestion, unprovenIds } from './legs-of-questions.ts'

const ask = createAsk()

describe('a leg of an honest gateway', () => {
  it(
    'follows from the question, whatever the officer asks',
    async () => {
      await fc.assert(
        fc.asyncProperty(questions(apiSchema()), async ({ world, asked }) => {
          const question = showQuestion(asked)
          for (const leg of await legsOf(ask, world, asked)) {
            const report = `${leg.country} ${leg.domain} ${leg.query} ${JSON.stringify(leg.variables)}\n${print(asked.document)}`
            const compared = compare(leg, question)
            expect(compared.foreign, report).toBe(null)
            expect(unprovenIds(leg, compared, asked), report).toEqual([])
          }
        }),
        runsOf(0.15),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )

  it('follows from the question also if legs are merged', async () => {
    const document = parse(
      '{ a: person(id: "GT:1") { sameAs { sex } } b: person(id: "GT:1") { sameAs { birthDate } } }',
    )
    const asked = { document, operationName: undefined, variables: {} }
    const legs = await legsOf(ask, LITERAL_WORLD, asked)
    const merged = legs.filter(({ query }) => query.split('_entities').length > 2)
    expect(merged.map(({ country }) => country).sort()).toEqual(['HN', 'SV'])
    const question = showQuestion(asked)
    for (const leg of legs) {
      const compared = compare(leg, question)
      expect(compared.foreign).toBe(null)
      expect(unprovenIds(leg, compared, asked)).toEqual([])
    }
    const leg = merged.find(({ country }) => country === 'HN')
    if (leg === undefined) throw new Error('expected a leg to HN')
    // Each part of a merged leg is compared: a field or an id of another question is found in the last part as in the first.
    const other = showQuestion({
      ...asked,
      document: parse('{ a: person(id: "GT:1") { sameAs { sex } } b: person(id: "GT:1") { id } }'),
    })
    expect(compare(leg, other).foreign).toEqual({ coordinate: 'Person.birthDate', reason: 'FIELD' })
    expect(compare(leg, question).ids).toHaveLength(2)
  })
})
