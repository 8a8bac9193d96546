import { fed2, type Pattern } from '../harness/pattern.ts'

/** Mutually nested keys: the key of a port is its harbour master, the key of a master is the port. Also a key inside a key. */
export const pattern: Pattern = {
  subgraphs: [
    {
      name: 'ports',
      sdl: fed2(`
        type Query { ports: [Port] }
        type Port @key(fields: "code master { badge }") { code: ID! master: Master! }
        type Master @key(fields: "badge") @key(fields: "port { code }") { badge: ID! port: Port }`),
      resolvers: {
        Query: {
          ports: () => [
            { code: 'BIL', master: { badge: 'm1', port: { code: 'BIL', master: { badge: 'm1' } } } },
            { code: 'CAD', master: { badge: 'm2', port: { code: 'CAD', master: { badge: 'm2' } } } },
          ],
        },
      },
    },
    {
      name: 'masters',
      sdl: fed2(`
        type Port @key(fields: "code master { badge }") { code: ID! master: Master! depth: Int }
        type Master @key(fields: "badge") { badge: ID! name: String }`),
      resolvers: {
        Port: {
          __resolveReference: (key: { code: string; master: { badge: string } }) => ({
            code: key.code,
            master: { ...key.master, name: `name of ${key.master.badge}` },
            depth: `${key.code}${key.master.badge}`.length,
          }),
        },
        Master: { __resolveReference: ({ badge }: { badge: string }) => ({ badge, name: `name of ${badge}` }) },
      },
    },
    {
      name: 'salaries',
      sdl: fed2(`
        type Port @key(fields: "code", resolvable: false) { code: ID! }
        type Master @key(fields: "port { code }") { port: Port salary: Int }`),
      resolvers: {
        Master: {
          __resolveReference: (key: { port: { code: string } }) => ({
            ...key,
            salary: key.port.code === 'BIL' ? 10 : 20,
          }),
        },
      },
    },
  ],
  cases: [
    {
      query: '{ ports { depth code } }',
      data: {
        ports: [
          { depth: 5, code: 'BIL' },
          { depth: 5, code: 'CAD' },
        ],
      },
    },
    {
      query: '{ ports { master { name salary } } }',
      data: { ports: [{ master: { name: 'name of m1', salary: 10 } }, { master: { name: 'name of m2', salary: 20 } }] },
    },
    {
      query: '{ ports { depth master { salary port { code depth master { name } } } } }',
      data: {
        ports: [
          { depth: 5, master: { salary: 10, port: { code: 'BIL', depth: 5, master: { name: 'name of m1' } } } },
          { depth: 5, master: { salary: 20, port: { code: 'CAD', depth: 5, master: { name: 'name of m2' } } } },
        ],
      },
    },
  ],
}
