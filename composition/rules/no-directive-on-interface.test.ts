import { describe } from 'vitest'
import { noDirectiveOnInterface } from './no-directive-on-interface.ts'
import { QUERY, story, tellStories } from './testing.ts'

const build = (fields: string) => `${QUERY} type Thing @key(fields: "id") { id: ID! } interface Named { ${fields} }`

describe('an interface', () => {
  tellStories(noDirectiveOnInterface, [
    story('is accepted without istmo directives', build('name(of: ID): String')),
    story('has no @merge', build('name: [String!] @merge(by: JOIN)'), ['Named.name'], /came @merge/),
    story('has no @answeredBy', build('n(of: CountryCode): Int @answeredBy(who: OWNER, argument: "of")'), ['Named.n']),
    story('has no @crossBorder', build('thing: Thing @crossBorder'), ['Named.thing']),
    story('has no @pii', build('name: String @pii(class: IDENTITY)'), ['Named.name']),
    story('has no @reveals on an argument', build('name(of: ID @reveals(field: "Thing.id")): String'), [
      'Named.name(of:)',
    ]),
  ])
})
