import pg from 'pg'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openDatabase } from './database.ts'

it('a file in place of the folder of the database is refused with the setting', async () => {
  await expect(openDatabase({ folder: import.meta.filename })).rejects.toThrow(
    /^--database-folder \(DATABASE_FOLDER\): .*: expected a folder; came a file$/,
  )
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
