/** The rates of gateways that share a database. */
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../service/config-error.ts'
import { listen } from '../../service/http/listen.ts'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import { startLimited } from './running-gateway.ts'

describe('gateways that share a database', () => {
  it('do not start if it is not available, and do not show its password', async () => {
    const starting = startLimited({ sharedDatabase: 'postgres://istmo:secret@127.0.0.1:9/istmo' })
    await expect(starting).rejects.toThrow(/^--shared-database \(SHARED_DATABASE_URL\): expected a PostgreSQL database/)
    await expect(starting).rejects.toThrow(/; came ECONNREFUSED: nothing listens there\. Is the server running/)
    await expect(starting).rejects.not.toThrow(/secret/)
  })

  it('do not start if it does not answer, and say so', async () => {
    const silent = createServer()
    const { port } = await listen(silent, '127.0.0.1', 0)
    const starting = startLimited({ sharedDatabase: `postgres://istmo:secret@127.0.0.1:${port}/istmo` })
    await expect(starting).rejects.toThrow(/; came no answer within 500 ms\. Look whether it runs/)
    silent.close()
  })

  it('are started again by systemd if it is away at their start, and not if its address is wrong', async () => {
    // A ConfigError is exit code 2, after which the unit does not try again (RestartPreventExitStatus).
    const away = startLimited({ sharedDatabase: 'postgres://istmo@127.0.0.1:9/istmo' })
    await expect(away).rejects.not.toBeInstanceOf(ConfigError)
    const several = startLimited({ sharedDatabase: 'postgres://istmo@127.0.0.1:9,127.0.0.1:10/istmo' })
    await expect(several).rejects.toBeInstanceOf(ConfigError)
    await expect(several).rejects.toThrow(/expected postgres:\/\/USER@HOST:PORT\/DATABASE with one host/)
  })

  // Two processes cannot share the embedded PostgreSQL. tests/limits/buckets.test.ts tests its statement.
  it('count hit searches together, if the environment names a server', async () => {
    const database = await openEmptyDatabase()
    if (database.url !== undefined) {
      const flags = { hitRate: '0.001:3', sharedDatabase: database.url }
      const gateways = [await startLimited(flags), await startLimited(flags)]
      const query = '{ personHits(search: { name: "Ana", birthDate: "1990-01-01" }) { outcomes { country } } }'
      const answers = [1, 2, 3].flatMap(() => gateways.map((gateway) => gateway.ask({ query })))
      const statuses = (await Promise.all(answers)).map(({ status }) => status)
      await Promise.all(gateways.map((gateway) => gateway.close()))
      expect(statuses.filter((status) => status === 429)).toHaveLength(3)
    }
    await database.close()
  })
})
