import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { domainSdl } from '../../../contract/domain-sdl.ts'
import { toQuestionSettings } from '../../../service/country-file-questions.ts'
import type { TakenLeg } from '../backend.ts'
import { closedRules } from '../rules.ts'
import type { DomainModule } from '../types.ts'
import { readQuestionContract } from './question-contract.ts'
import { createQuestions } from './questions.ts'

it('a node demands signed questions by the rules that are in force when a leg comes', () => {
  const rulesWith = (persons: 'any' | 'signed') => {
    return { ...closedRules('HN'), questions: toQuestionSettings({ questions: { persons } }) }
  }
  let rules = rulesWith('signed')
  const questions = createQuestions({ current: () => rules, nodeKey: () => null, now: Date.now })
  const { schema } = readQuestionContract()
  const module = { domain: 'persons', typeDefs: parse(domainSdl('persons')) } as DomainModule
  const check = questions.checkOf(module, schema)
  const document = parse('{ person(id: "HN:P-1") { id birthDate } }')
  const leg = { claims: { verified: {} }, carried: {} } as TakenLeg
  const ask = () => check({ document, variables: {}, operationName: undefined }, leg)
  const refused = expect.objectContaining({ code: 'QUESTION_NOT_SIGNED' })
  expect(ask).toThrow(refused)
  rules = rulesWith('any')
  expect(ask).not.toThrow()
  rules = rulesWith('signed')
  expect(ask).toThrow(refused)
})
