/**
 * Which test files run a second time under another setting, and which of them this run does (docs/decisions/0090). A whole run does all of them twice.
 * In CI each story runs on one of the two kinds of database, and one of four files once more without the fast ways.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { partCount, partOf, someOf } from './share.ts'

const PROJECT = join(import.meta.dirname, '..')

/**
 * Stories and tests of what the domains ask of a database, with the same demands on both kinds. What tests the kit's own handling of a database, what
 * says more on a server, and what needs a server is not here: it runs on both in CI too.
 */
export const ON_EITHER_DATABASE: readonly string[] = [
  'audit/index/index.test.ts',
  'audit/index/insert-rows.test.ts',
  'demo/facts/load-facts.test.ts',
  'demo/generator/load-country.test.ts',
  'demo/importers/columns.test.ts',
  'demo/importers/importers.test.ts',
  'subgraphs/cases/counts.test.ts',
  'subgraphs/cases/module.test.ts',
  'subgraphs/cases/oracle.test.ts',
  'subgraphs/legal/coverage.test.ts',
  'subgraphs/legal/module.test.ts',
  'subgraphs/persons/hit-inference.test.ts',
  'subgraphs/persons/module.test.ts',
  'subgraphs/persons/name-pairs.test.ts',
  'subgraphs/persons/search.test.ts',
  'tests/authority/kill.test.ts',
  'tests/counts/records.test.ts',
  'tests/country-access/hidden.test.ts',
  'tests/country-access/node.test.ts',
  'tests/country-access/quota.test.ts',
  'tests/country-access/ready.test.ts',
  'tests/country-access/rows.test.ts',
  'tests/country-access/start.test.ts',
  'tests/country-access/time.test.ts',
  'tests/inference/node.test.ts',
  'tests/leaks/leaks.test.ts',
  'tests/limits/buckets.test.ts',
  'tests/limits/row-counts.test.ts',
  'tests/oracle/sql.test.ts',
  'tests/questions-at-node/attacks.test.ts',
  'tests/questions-at-node/case.test.ts',
  'tests/questions-at-node/honest-gateway.test.ts',
  'tests/questions-at-node/questions.test.ts',
  'tests/running/backup.test.ts',
  'tests/sync/doubts.test.ts',
  'tests/sync/kill.test.ts',
  'tests/sync/openings.test.ts',
  'tests/sync/repeated-rows.test.ts',
  'tests/sync/sync.test.ts',
  'tests/sync/times.test.ts',
]

/** Stories that demand on a server all that they demand on an embedded database, and more. In CI they run on a server. */
export const MORE_ON_SERVER: readonly string[] = ['tests/operate/gateway.test.ts', 'tests/sync/command.test.ts']

/** The tests of whole gateways that `.ci/run` repeats without the fast ways. */
const WITHOUT_FAST_WAYS: readonly string[] = globSync(
  ['tests/hostile-client/*.test.ts', 'tests/limits/*.test.ts', 'gateway/main.test.ts'],
  { cwd: PROJECT },
).sort()

/** What planning costs is the same without the fast ways, so CI does not ask again. */
const PLANNING = 'tests/hostile-client/planning.test.ts'

/** Whether this run has a story that may run on either database. In two of three changes it runs on a server, which takes a third of the time. */
function isHere(file: string, isOnServer: boolean): boolean {
  return partCount() === 1 || partOf(`database of ${file}`, 3) > 0 === isOnServer
}

/** Lists the files that this run leaves out, because CI runs them with the other kind of database or in another commit. */
export function leftOut(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  if (env.ISTMO_FAST === '0') {
    if (partCount() === 1) return []
    const some = someOf(
      'without the fast ways',
      WITHOUT_FAST_WAYS.filter((file) => file !== PLANNING),
    )
    return WITHOUT_FAST_WAYS.filter((file) => !some.includes(file))
  }
  const isOnServer = env.ISTMO_TEST_DATABASE_URL !== undefined
  const left = ON_EITHER_DATABASE.filter((file) => !isHere(file, isOnServer))
  return isOnServer || partCount() === 1 ? left : [...left, ...MORE_ON_SERVER]
}
