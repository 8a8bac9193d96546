import { fed2, type Pattern } from '../harness/pattern.ts'

/** A third subgraph adds fields to an implementation. A fourth reaches it through an interface object inside an entity. */
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'media',
      sdl: fed2(`type Query { media: Media }
        interface Media @key(fields: "id") { id: ID! title: String }
        type Clip implements Media @key(fields: "id") { id: ID! title: String seconds: Int }
        type Text implements Media @key(fields: "id") { id: ID! title: String words: Int }`),
      resolvers: {
        Query: { media: () => ({ __typename: 'Clip', id: 'm1', title: 'First', seconds: 60 }) },
        Media: {
          __resolveReference: ({ id }: { id: string }) => ({ __typename: 'Clip', id, title: 'First', seconds: 60 }),
        },
        Clip: { __resolveReference: ({ id }: { id: string }) => ({ id, title: 'First', seconds: 60 }) },
      },
    },
    {
      name: 'authors',
      sdl: fed2(`type Query { author: Author } type Author @key(fields: "id") { id: ID! name: String }
        type Clip @key(fields: "id") { id: ID! authorName: String }`),
      resolvers: {
        Query: { author: () => ({ id: 'x1', name: 'Ana' }) },
        Clip: { __resolveReference: ({ id }: { id: string }) => ({ id, authorName: 'Ana' }) },
      },
    },
    {
      name: 'lists',
      sdl: fed2(`type Query { list: List } type List @key(fields: "id") { id: ID! media: Media items: [Media] }
        type Media @key(fields: "id") @interfaceObject { id: ID! }`),
      resolvers: { Query: { list: () => ({ id: 'l1', media: { id: 'm1' }, items: [{ id: 'm1' }, null] }) } },
    },
  ],
  cases: [
    {
      query:
        '{ media { id title ... on Clip { seconds authorName } ... on Text { words } } author { name } list { id media { id ... on Clip { seconds } } } }',
      data: {
        media: { id: 'm1', title: 'First', seconds: 60, authorName: 'Ana' },
        author: { name: 'Ana' },
        list: { id: 'l1', media: { id: 'm1', seconds: 60 } },
      },
    },
    {
      query: '{ list { items { title ... on Clip { authorName } } } }',
      data: { list: { items: [{ title: 'First', authorName: 'Ana' }, null] } },
    },
  ],
}
