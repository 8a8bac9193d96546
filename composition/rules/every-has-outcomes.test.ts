import { describe } from 'vitest'
import { everyHasOutcomes } from './every-has-outcomes.ts'
import { story, tellStories } from './testing.ts'

const query = (type: string) =>
  `type Query { all(in: [CountryCode!]): ${type} @answeredBy(who: EVERY, argument: "in") } type Bare { n: Int }`

describe('the type of an EVERY field', () => {
  tellStories(everyHasOutcomes, [
    story('accepts an object with outcomes', `${query('Things')} type Things { outcomes: [CountryOutcome!]! }`),
    story(
      'accepts a non-null object with outcomes',
      `${query('Things!')} type Things { outcomes: [CountryOutcome!]! }`,
    ),
    story('rejects an object without', query('Bare'), ['Query.all'], /came Bare without outcomes/),
    story('rejects a scalar', query('Int'), ['Query.all'], /came Int without outcomes/),
    story('rejects a list', `${query('[Things]')} type Things { outcomes: [CountryOutcome!]! }`, ['Query.all']),
    story(
      'rejects nullable outcomes',
      `${query('Things')} type Things { outcomes: [CountryOutcome!] }`,
      ['Query.all'],
      /came Things with outcomes: \[CountryOutcome!\]\./,
    ),
    story(
      'accepts any type for an OWNER field',
      'type Query { n(of: CountryCode): Int @answeredBy(who: OWNER, argument: "of") }',
    ),
  ])
})
