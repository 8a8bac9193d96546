import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigError } from '../../service/config-error.ts'
import { openDatabase } from './database.ts'

it('a file in place of the folder of the database is refused with the setting', async () => {
  await expect(openDatabase({ folder: import.meta.filename })).rejects.toThrow(
    /^--database-folder \(DATABASE_FOLDER\): .*: expected a folder; came a file$/,
  )
})

it.each([
  ['in the folder of another', '', 'rows'],
  ['around the folder of another', 'rows', ''],
])('a new database %s is refused, because the rows are in the other one', async (_, existing, asked) => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-place-'))
  try {
    await mkdir(join(folder, existing), { recursive: true })
    await writeFile(join(folder, existing, 'PG_VERSION'), '17')
    await expect(openDatabase({ folder: join(folder, asked) })).rejects.toThrow(
      `expected a database's own folder; ${join(folder, existing)} is one already`,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})

describe('the URL of a server that names no user', () => {
  const { user } = pg.defaults
  afterEach(() => {
    pg.defaults.user = user
    vi.unstubAllEnvs()
  })

  it('is refused with the setting and the remedy, if the environment names none either', async () => {
    // `pg` reads USER when it is loaded, and PGUSER each time.
    pg.defaults.user = undefined
    vi.stubEnv('PGUSER', undefined)
    await expect(openDatabase({ url: 'postgres:///db?host=/run/nobody' })).rejects.toThrow(
      /--database-url \(DATABASE_URL\): postgres:\/\/\/db\?host=\/run\/nobody: expected the name of a user .* came none.*PGUSER/,
    )
  })
})

describe('a URL of a server', () => {
  it.each([
    ['a password with a slash', 'postgres://istmo:se/cret@127.0.0.1/db'],
    ['a password with an @ and a slash', 'postgres://istmo:s@e/cret@127.0.0.1/db'],
    ['a password with a number sign', 'postgres://istmo:se#cret@127.0.0.1/db'],
    ['a port that is none', 'postgres://istmo:secret@127.0.0.1:99999/db'],
  ])('with %s is refused with the setting and the remedy, and quotes nothing of it', async (_, url) => {
    const opening = openDatabase({ url })
    await expect(opening).rejects.toThrow(ConfigError)
    await expect(opening).rejects.toThrow(/^--database-url \(DATABASE_URL\): expected postgres:.*%2F/)
    await expect(opening).rejects.not.toThrow(/cret|istmo:/)
  })

  it('that names a file of TLS which is not there is refused with the setting and the file', async () => {
    const url = 'postgres://istmo:secret@127.0.0.1/db?sslmode=verify-full&sslrootcert=/nowhere/ca.pem'
    await expect(openDatabase({ url })).rejects.toThrow(
      /^--database-url \(DATABASE_URL\): postgres:\/\/127.0.0.1\/db: \/nowhere\/ca.pem: .*there is no such file.*sslrootcert/,
    )
  })

  it('that demands TLS of a server without it says so', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.end('N')))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      await expect(openDatabase({ url: `postgres://istmo@127.0.0.1:${port}/db?sslmode=verify-full` })).rejects.toThrow(
        /^--database-url \(DATABASE_URL\): postgres:.*: expected a server that speaks TLS.*came one that does not/,
      )
    } finally {
      server.close()
    }
  })
})
