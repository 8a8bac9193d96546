import { fed2, type Pattern } from '../harness/pattern.ts'

/** Only the parent's subgraph can answer a field of the child: the gateway reaches it through the parent entity. */
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'names',
      sdl: fed2(`type Good @key(fields: "id") { id: ID! name: String @external
        shelf: Shelf @requires(fields: "name") @shareable } type Shelf { details: String }`),
      resolvers: {
        Good: {
          __resolveReference: (good: { id: string; name?: string }) => ({
            ...good,
            shelf: { details: `for ${good.name}` },
          }),
        },
      },
    },
    {
      name: 'shelves',
      sdl: fed2(
        'type Good @key(fields: "id") { id: ID! shelf: Shelf @shareable } type Shelf @key(fields: "id") { id: ID! }',
      ),
      resolvers: { Good: { __resolveReference: ({ id }: { id: string }) => ({ id, shelf: { id: `s-${id}` } }) } },
    },
    {
      name: 'labels',
      sdl: fed2('type Shelf @key(fields: "id") { id: ID! label: String }'),
      resolvers: { Shelf: { __resolveReference: ({ id }: { id: string }) => ({ id, label: `label of ${id}` }) } },
    },
    {
      name: 'goods',
      sdl: fed2('type Query { good: Good } type Good @key(fields: "id") { id: ID! name: String }'),
      resolvers: {
        Query: { good: () => ({ id: 'g1', name: 'tent' }) },
        Good: { __resolveReference: ({ id }: { id: string }) => ({ id, name: 'tent' }) },
      },
    },
  ],
  cases: [
    {
      query: '{ good { id name shelf { id label details } } }',
      data: { good: { id: 'g1', name: 'tent', shelf: { id: 's-g1', label: 'label of s-g1', details: 'for tent' } } },
    },
    { query: '{ good { shelf { details } } }', data: { good: { shelf: { details: 'for tent' } } } },
  ],
}
