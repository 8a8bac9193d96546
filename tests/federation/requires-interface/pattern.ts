import { fed2, type Pattern } from '../harness/pattern.ts'

/** `@requires` through an interface: the gateway fetches the required fields of each runtime type. */
const homes = [
  { id: 'u1', address: { __typename: 'Street', id: 's1', zip: '1010' } },
  { id: 'u2', address: { __typename: 'Rural', id: 'r1', km: 12 } },
]

interface Required {
  readonly address: { readonly __typename: string; readonly id: string; readonly zip?: string; readonly km?: number }
}

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'people',
      sdl: fed2(`
        type Query { residents: [Resident] }
        type Resident @key(fields: "id") { id: ID! address: Address @external
          route: String @requires(fields: "address { __typename id ... on Street { zip } ... on Rural { km } }")
          kind: String @requires(fields: "address { __typename }") }
        interface Address { id: ID! }
        type Street implements Address { id: ID! @external zip: String @external }
        type Rural implements Address { id: ID! @external km: Int @external }`),
      resolvers: {
        Query: { residents: () => homes.map(({ id }) => ({ id })) },
        Resident: {
          __resolveReference: (reference: object) => reference,
          route: ({ address }: Required) => `${address.id}:${address.zip ?? address.km}`,
          kind: ({ address }: Required) => `${address.__typename}${address.id === undefined ? '' : ' and more'}`,
        },
      },
    },
    {
      name: 'addresses',
      sdl: fed2(`
        type Resident @key(fields: "id") { id: ID! address: Address }
        interface Address { id: ID! }
        type Street implements Address { id: ID! zip: String }
        type Rural implements Address { id: ID! km: Int }`),
      resolvers: {
        Resident: { __resolveReference: ({ id }: { id: string }) => homes.find((home) => home.id === id) ?? null },
      },
    },
  ],
  cases: [
    { query: '{ residents { route } }', data: { residents: [{ route: 's1:1010' }, { route: 'r1:12' }] } },
    { query: '{ residents { kind } }', data: { residents: [{ kind: 'Street' }, { kind: 'Rural' }] } },
    {
      query: '{ residents { route address { __typename ... on Rural { km } ... on Street { id } } } }',
      data: {
        residents: [
          { route: 's1:1010', address: { __typename: 'Street', id: 's1' } },
          { route: 'r1:12', address: { __typename: 'Rural', km: 12 } },
        ],
      },
    },
  ],
}
