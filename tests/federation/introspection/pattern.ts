import { fed2, findBy, type Pattern } from '../harness/pattern.ts'

/** The gateway answers introspection from the API schema, together with data and with variables. No part of Federation is visible. */
const rows = [{ id: '1', name: 'x' }]

export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'a',
      sdl: fed2(
        'type Query { row: Row } "A row." type Row @key(fields: "id") { id: ID! old: Int @deprecated(reason: "gone") hidden: Int @inaccessible }',
      ),
      resolvers: { Query: { row: () => rows[0] } },
    },
    {
      name: 'b',
      sdl: fed2('type Row @key(fields: "id") { id: ID! name: String }'),
      resolvers: { Row: { __resolveReference: findBy(rows, 'id') } },
    },
  ],
  cases: [
    {
      query: '{ __schema { queryType { name } mutationType { name } } row { name } }',
      data: { __schema: { queryType: { name: 'Query' }, mutationType: null }, row: { name: 'x' } },
    },
    {
      query: 'query ($n: String!) { t: __type(name: $n) { description fields { name } } }',
      variables: { n: 'Row' },
      data: { t: { description: 'A row.', fields: [{ name: 'id' }, { name: 'name' }] } },
    },
    {
      query: '{ __type(name: "Row") { fields(includeDeprecated: true) { name isDeprecated deprecationReason } } }',
      data: {
        __type: {
          fields: [
            { name: 'id', isDeprecated: false, deprecationReason: null },
            { name: 'old', isDeprecated: true, deprecationReason: 'gone' },
            { name: 'name', isDeprecated: false, deprecationReason: null },
          ],
        },
      },
    },
    {
      query: '{ __type(name: "_Entity") { name } x: __type(name: "join__Graph") { name } }',
      data: { __type: null, x: null },
    },
    {
      query:
        '{ ...I row { id } } fragment I on Query { __type(name: "Query") { ...T } } fragment T on __Type { fields { name type { name kind } } }',
      data: { __type: { fields: [{ name: 'row', type: { name: 'Row', kind: 'OBJECT' } }] }, row: { id: '1' } },
    },
  ],
}
