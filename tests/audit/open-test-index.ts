import { type IndexDatabase, openIndexDatabase } from '../../audit/index/database.ts'
import { prepareIndex } from '../../audit/index/store.ts'
import { testServerUrl } from '../../subgraphs/kit/config.ts'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'

/** Opens the database of an index that a test fills: embedded, or on the server of the tests. `close` removes it. */
export async function openTestIndex(): Promise<{ readonly db: IndexDatabase; readonly close: () => Promise<void> }> {
  const server = testServerUrl() === undefined ? undefined : await openEmptyDatabase()
  const db = await openIndexDatabase(server?.url)
  await prepareIndex(db)
  return {
    db,
    async close() {
      await db.close()
      await server?.close()
    },
  }
}
