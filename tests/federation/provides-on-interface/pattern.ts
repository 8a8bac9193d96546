import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** `@provides` on an interface's fields, nested: the book's subgraph provides the animals' names, but not their ages. */
const animals = [
  { __typename: 'Dog', id: 'a1', name: 'Fido', age: 3 },
  { __typename: 'Cat', id: 'a2', name: 'Misi', age: 5 },
]
const tale = { __typename: 'Tale', id: 't1', animals: animals.map(({ age: _, ...animal }) => animal) }

const ANIMALS = `interface Animal { id: ID! name: String }
  type Dog implements Animal @key(fields: "id") { id: ID! name: String EXTERNAL AGE }
  type Cat implements Animal @key(fields: "id") { id: ID! name: String EXTERNAL AGE }`

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'tales',
      sdl: fed2(`type Query { work: Work @provides(fields: "animals { ... on Dog { name } ... on Cat { name } }") plain: Work }
        interface Work { id: ID! animals: [Animal] }
        type Tale implements Work @key(fields: "id") { id: ID! animals: [Animal] @shareable }
        ${ANIMALS.replaceAll('EXTERNAL', '@external').replaceAll('AGE', '')}`),
      resolvers: { Query: { work: () => tale, plain: () => tale }, Tale: { __resolveReference: () => tale } },
    },
    {
      name: 'zoo',
      sdl: fed2(`interface Work { id: ID! animals: [Animal] }
        type Tale implements Work @key(fields: "id") { id: ID! animals: [Animal] @shareable }
        ${ANIMALS.replaceAll('EXTERNAL', '@shareable').replaceAll('AGE', 'age: Int')}`),
      resolvers: {
        Tale: { __resolveReference: () => ({ ...tale, animals }) },
        Dog: { __resolveReference: findBy(animals, 'id') },
        Cat: { __resolveReference: findBy(animals, 'id') },
      },
    },
  ],
  cases: [
    {
      query: '{ work { id animals { id name } } }',
      data: {
        work: {
          id: 't1',
          animals: [
            { id: 'a1', name: 'Fido' },
            { id: 'a2', name: 'Misi' },
          ],
        },
      },
    },
    {
      query: '{ work { animals { name ... on Cat { age } } } }',
      data: { work: { animals: [{ name: 'Fido' }, { name: 'Misi', age: 5 }] } },
    },
    {
      query: '{ plain { id animals { __typename id ... on Dog { name age } ... on Cat { name } } } }',
      data: {
        plain: {
          id: 't1',
          animals: [
            { __typename: 'Dog', id: 'a1', name: 'Fido', age: 3 },
            { __typename: 'Cat', id: 'a2', name: 'Misi' },
          ],
        },
      },
    },
  ],
}
