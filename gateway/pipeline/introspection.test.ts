import { getIntrospectionQuery, parse } from 'graphql'
import { expect, it } from 'vitest'
import type { Language } from '../../contract/language.ts'
import { createPlanner } from '../plan/compile.ts'
import { SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aContext } from '../testing.ts'
import type { PlanningRequest, RunPlanning } from '../types/planning.ts'
import { planOnThisThread } from './engine.ts'
import { createIntrospection } from './introspection.ts'

const planner = createPlanner(SUPERGRAPH_SDL, () => true)
const onThisThread = planOnThisThread(planner)
const requests: PlanningRequest[] = []
const run: RunPlanning = (request, payer) => {
  requests.push(request)
  return onThisThread(request, payer)
}

it('keeps the answers to the standard query for each language, and never gives one for the other', async () => {
  const introspect = createIntrospection(planner, run)
  const source = getIntrospectionQuery()
  const request = { source, document: parse(source), operationName: undefined, variables: {} }
  const { prepared, variables } = await planner.prepare(request)
  const view = { isVisible: (typeName: string, fieldName: string) => `${typeName}.${fieldName}` !== 'Case.narrative' }
  const ask = (language: Language) => introspect(prepared, variables, view as never, aContext({ language }))
  const first = [await ask('es'), await ask('en')]
  expect(first[0]).toContain('El tribunal que conoce del caso.')
  expect(first[1]).toContain('The court that hears the case.')
  expect([await ask('es'), await ask('en')]).toEqual(first)
  expect(requests.map((each) => each.kind === 'introspect' && each.language)).toEqual(['es', 'en'])
})
