import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CountryDatabase, withClient } from './databases.ts'

/**
 * A note of what a country's database was filled from. It is stored with the database, so that whoever deletes the database deletes
 * the marker too. To read it costs a fraction of what it costs to open an embedded database.
 */
export interface FillMarker {
  /** Reads the last text that was written; undefined if there is none, or no database yet. */
  read(): Promise<string | undefined>
  write(text: string): Promise<void>
}

/** Returns the marker of a database: a file in PGlite's folder, or a row of `istmo.setting` on a server. */
export function fillMarkerOf({ url, folder }: CountryDatabase): FillMarker {
  if (folder !== null) return fileMarker(join(folder, 'istmo-filled.json'))
  if (url !== null) return rowMarker(url)
  throw new TypeError('expected the URL or the folder of a database; came neither')
}

function fileMarker(path: string): FillMarker {
  return {
    read: async () => {
      try {
        return await readFile(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    write: (text) => writeFile(path, text),
  }
}

const SETTING = 'demo_filled'
const UNDEFINED_TABLE = '42P01'

function rowMarker(url: string): FillMarker {
  return {
    read: async () => {
      try {
        const sql = 'select value from istmo.setting where name = $1'
        return await withClient(url, async (client) => (await client.query(sql, [SETTING])).rows[0]?.value)
      } catch (error) {
        if ((error as { code?: string }).code === UNDEFINED_TABLE) return undefined
        throw error
      }
    },
    write: (text) =>
      withClient(url, async (client) => {
        const sql =
          'insert into istmo.setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value'
        await client.query(sql, [SETTING, text])
      }),
  }
}
