import { expect, it } from 'vitest'
import { applyLayers, type Layer } from './layers.ts'

type Step = (text: string) => string

const named =
  (name: string): Layer<Step> =>
  (next) =>
  (text) =>
    `${name}(${next(text)})`

it('puts the first layer outermost and the step innermost', () => {
  const step = applyLayers([named('first'), named('second')], (text) => text.toUpperCase())
  expect(step('a')).toBe('first(second(A))')
})

it('skips a layer that the settings turn off', () => {
  expect(applyLayers([null, named('only'), null], (text: string) => text)('a')).toBe('only(a)')
})

it('lets a layer answer in place of what it surrounds', () => {
  const answerAtOnce: Layer<Step> = () => () => 'answered'
  let asked = 0
  const step = applyLayers([named('outer'), answerAtOnce, named('inner')], (text: string) => {
    asked += 1
    return text
  })
  expect([step('a'), asked]).toEqual(['outer(answered)', 0])
})
