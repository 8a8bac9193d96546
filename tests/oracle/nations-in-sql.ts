import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { casesModule } from '../../subgraphs/cases/module.ts'
import { createTestExecutor, openTestDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'
import type { DomainModule } from '../../subgraphs/kit/types.ts'
import { legalModule } from '../../subgraphs/legal/module.ts'
import { personsModule } from '../../subgraphs/persons/module.ts'
import { loadFixedRows, replaceRows } from './load-rows.ts'
import { type AnswerNationally, checkedDocument, checkRepresentations } from './nation.ts'
import { CONTACT_POINT } from './persons-resolvers.ts'
import { rowsOf, type World } from './rows.ts'

/** The real national subgraphs of some countries, each with its own database. */
export interface NationsInSql {
  /** Writes a world's rows into the databases. The world's participants must be among the countries. */
  load(world: World): Promise<AnswerNationally>
  close(): Promise<void>
}

const MODULES: Readonly<Record<Domain, DomainModule>> = {
  cases: casesModule,
  persons: personsModule,
  legal: legalModule,
}

type Executor = ReturnType<typeof createTestExecutor>

/** Opens a database for each country, with the tables of all three domains. */
export async function openNationsInSql(countries: readonly string[]): Promise<NationsInSql> {
  const databases = new Map<string, TestDatabase>()
  for (const country of countries) {
    const database = await openTestDatabase(Object.values(MODULES), country)
    databases.set(country, database)
    await loadFixedRows(database.db)
  }
  const executors = new Map<string, Executor>()
  for (const [country, { db }] of databases) {
    for (const domain of DOMAINS) {
      const settings = { contactPoint: CONTACT_POINT, countThreshold: 1 }
      executors.set(`${country} ${domain}`, createTestExecutor(MODULES[domain], db, country, settings))
    }
  }
  return {
    async load({ publishers, rows }) {
      for (const [country, domains] of Object.entries(publishers)) {
        const database = databases.get(country)
        if (!database) throw new Error(`expected a database of ${country}`)
        for (const domain of domains) await replaceRows(database.db, domain, rowsOf(rows, country, domain))
      }
      return (request) => answerFrom(executors, request)
    },
    async close() {
      for (const database of databases.values()) await database.close()
    },
  }
}

const answerFrom = async (
  executors: ReadonlyMap<string, Executor>,
  request: Parameters<AnswerNationally>[0],
): ReturnType<AnswerNationally> => {
  checkedDocument(request)
  checkRepresentations(request)
  const execute = executors.get(`${request.country} ${request.domain}`)
  if (!execute) throw new Error(`expected the domain ${request.domain} of ${request.country}`)
  const answer = await execute(request.query, request.variables)
  if (answer.errors)
    throw new Error(`${request.country} ${request.domain}: ${JSON.stringify(answer.errors)}\n${request.query}`)
  // The oracle does not know which names are too frequent to be searched for by themselves (subgraphs/persons/module.test.ts does), nor of which
  // years a country has data (subgraphs/cases/counts.test.ts does).
  const { extensions: _notes, ...withoutNotes } = answer
  return JSON.parse(JSON.stringify(request.domain === 'legal' ? answer : withoutNotes))
}
