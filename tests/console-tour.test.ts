import { describe, expect, it } from 'vitest'
import { TOUR_STEPS } from '../console/src/tour/steps.ts'
import { WORDS, wordsIn } from '../console/src/words/catalogue.ts'
import { personId } from '../demo/generator/ids.ts'
import { STORIES } from '../demo/generator/stories/stories.ts'

/** Whom the demo's stories know: the full name by the id of each record. */
const NAMES = new Map(
  STORIES.flatMap(({ persons }) =>
    persons.flatMap(({ given, surnames, ordinals }) =>
      Object.entries(ordinals).map(
        ([country, ordinal]) => [personId(country, ordinal), [...given, ...surnames].join(' ')] as const,
      ),
    ),
  ),
)

describe('the guided tour', () => {
  it.each([
    ['Spanish', wordsIn('es')],
    ['English', wordsIn('en')],
  ])('in %s leads to persons of the demo’s stories, by their names', (_, words) => {
    const persons = TOUR_STEPS.filter(({ to, id }) => to === '/person/$id' && id !== undefined)
    expect(persons.length).toBeGreaterThan(1)
    for (const { name, id = '' } of persons) {
      expect(NAMES.get(id), id).toBeDefined()
      expect(words(`tour.steps.${name}.text`)).toContain(NAMES.get(id))
    }
  })

  it('has the words of each step, and each step once', () => {
    const names = TOUR_STEPS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.toSorted()).toEqual(Object.keys(Object(WORDS.es.tour).steps).sort())
  })

  it('has a record exactly where the place wants one', () => {
    for (const { to, id } of TOUR_STEPS) expect(id !== undefined).toBe(to?.includes('$id') === true)
  })
})
