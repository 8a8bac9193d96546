import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withOwnDatabase } from './decisions.ts'

const work = () => Promise.reject(new Error('expected no database'))

it.each([
  ['no place', {}, 'expected either --database-url or --database-folder; came both or none'],
  [
    'two places',
    { databaseUrl: 'postgres://x', databaseFolder: 'y' },
    'expected either --database-url or --database-folder',
  ],
  [
    'a folder that is not there',
    { databaseFolder: join(tmpdir(), 'istmo-no-such-folder') },
    '--database-folder: expected the folder of a node’s database',
  ],
  [
    'a server that does not answer',
    { databaseUrl: 'postgres://istmo@127.0.0.1:1/x' },
    '--database-url (DATABASE_URL): postgres://127.0.0.1:1/x: expected to connect; came «connect ECONNREFUSED',
  ],
])('refuses %s, and makes nothing', async (_, place, message) => {
  const whole = { databaseUrl: undefined, databaseFolder: undefined, ...place }
  await expect(withOwnDatabase(whole, work)).rejects.toThrow(message)
})
