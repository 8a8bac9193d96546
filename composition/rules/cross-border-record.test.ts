import { describe } from 'vitest'
import { crossBorderRecord } from './cross-border-record.ts'
import { QUERY, story, tellStories } from './testing.ts'

const part = (field: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! ${field} } type Part { n: Int }`

describe('the type of a field with @crossBorder', () => {
  tellStories(crossBorderRecord, [
    story('may be a record', part('twin: Thing @crossBorder')),
    story('may be a list of records', part('twins: [Thing!]! @crossBorder')),
    story('may not be a plain object', part('part: Part @crossBorder'), ['Thing.part'], /came Part, which has no @key/),
    story('may not be a text', part('name: String @crossBorder'), ['Thing.name']),
  ])
})
