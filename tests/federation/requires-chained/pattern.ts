import { FOREIGN } from '../harness/judge.ts'
import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** Requirements of requirements, three levels deep. The subgraph that the path comes from has the first of them. */
const land = [
  { id: 'f1', acres: 12 },
  { id: 'f2', acres: 90 },
  { id: 'f3', acres: null },
  { id: 'f4', acres: 5 },
]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'farms',
      sdl: fed2(`type Query { farms: [Farm] village: Village } type Village { best: Farm all: [[Farm]] }
        type Farm @key(fields: "id") { id: ID! acres: Int @external grade: String @requires(fields: "acres") }`),
      resolvers: {
        Query: {
          farms: () => land.slice(0, 3).map(({ id }) => ({ id })),
          village: () => ({ best: { id: 'f4' }, all: [[{ id: 'f1' }], [], [{ id: 'f2' }, null]] }),
        },
        Farm: {
          __resolveReference: (reference: object) => reference,
          grade: ({ id, acres }: { id: string; acres?: number | null }) => {
            if (id === 'f4') throw new Error(FOREIGN)
            if (acres === undefined) return 'made of nothing'
            return acres === null ? 'none' : acres > 50 ? 'large' : 'small'
          },
        },
      },
    },
    {
      name: 'land',
      sdl: fed2('type Farm @key(fields: "id") { id: ID! acres: Int }'),
      resolvers: { Farm: { __resolveReference: findBy(land, 'id') } },
    },
    {
      name: 'grants',
      sdl: fed2(`type Farm @key(fields: "id") { id: ID! grade: String @external
        grant(year: Int = 0): String @requires(fields: "grade") }`),
      resolvers: {
        Farm: {
          __resolveReference: (reference: object) => reference,
          grant: ({ grade }: { grade: string }, { year }: { year: number }) => `${grade} ${year}`,
        },
      },
    },
    {
      name: 'notes',
      sdl: fed2(`type Farm @key(fields: "id") { id: ID! grant(year: Int = 0): String @external acres: Int @external
        note: Note @requires(fields: "acres grant(year: 7)") } type Note { text: String words: Int }`),
      resolvers: {
        Farm: {
          __resolveReference: (reference: object) => reference,
          note: ({ acres, grant }: { acres: number; grant: string }) => ({ text: `${grant} on ${acres}`, words: 4 }),
        },
      },
    },
  ],
  cases: [
    { query: '{ farms { grade } }', data: { farms: [{ grade: 'small' }, { grade: 'large' }, { grade: 'none' }] } },
    {
      query: '{ farms { grant } }',
      stockFails: 'silently asks the subgraph of the path for the grade without the acres that it requires',
      data: { farms: [{ grant: 'small 0' }, { grant: 'large 0' }, { grant: 'none 0' }] },
    },
    {
      query: 'query ($y: Int!) { farms { id: grant(year: $y) grade: id acres grant(year: 2) } }',
      variables: { y: 1 },
      stockFails: 'silently asks the subgraph of the path for the grade without the acres that it requires',
      data: {
        farms: [
          { id: 'small 1', grade: 'f1', acres: 12, grant: 'small 2' },
          { id: 'large 1', grade: 'f2', acres: 90, grant: 'large 2' },
          { id: 'none 1', grade: 'f3', acres: null, grant: 'none 2' },
        ],
      },
    },
    {
      query: '{ farms { note { text w: words } grant } }',
      stockFails: 'silently asks the subgraph of the path for the grade without the acres that it requires',
      data: {
        farms: [
          { note: { text: 'small 7 on 12', w: 4 }, grant: 'small 0' },
          { note: { text: 'large 7 on 90', w: 4 }, grant: 'large 0' },
          { note: { text: 'none 7 on null', w: 4 }, grant: 'none 0' },
        ],
      },
    },
    {
      query: '{ village { all { ...F } } } fragment F on Farm { grant note { text } }',
      stockFails: 'silently asks the subgraph of the path for the grade without the acres that it requires',
      data: {
        village: {
          all: [
            [{ grant: 'small 0', note: { text: 'small 7 on 12' } }],
            [],
            [{ grant: 'large 0', note: { text: 'large 7 on 90' } }, null],
          ],
        },
      },
    },
    {
      query: '{ village { best { id grant } } }',
      data: { village: { best: { id: 'f4', grant: 'null 0' } } },
      errors: true,
      codes: ['SUBGRAPH_ERROR'],
      paths: [['village', 'best', 'grade']],
    },
  ],
}
