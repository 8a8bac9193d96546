/** The order in which vitest begins test files. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Begins first, because it takes the longest. */
const LONGEST = 'tests/demo/demo.test.ts'

/**
 * Files that open hundreds of audit logs, without a database. At each one the kernel is asked for a lock by a program (docs/decisions/0036), and to start a
 * program takes ten times longer from a process that has embedded databases and gateways in its memory. So these files come before those (docs/decisions/0161).
 */
const MANY_LOGS = [
  'tests/tampering/tampering.test.ts',
  'tests/tampering/readings.test.ts',
  'tests/audit/inbox/inbox.test.ts',
  'tests/audit-cli/prune.test.ts',
  'tests/audit-cli/commands.test.ts',
  'audit/shards/sharded-log.test.ts',
  'audit/shards/replace-keys.test.ts',
  'tests/audit-cli/witness.test.ts',
  'authority/suspensions/open-suspensions.test.ts',
  'tests/audit/daily/daily.test.ts',
  'tests/audit-cli/every-kind.test.ts',
  'tests/audit-cli/verify-witnesses.test.ts',
  'tests/audit-cli/quorum.test.ts',
  'tests/national-start/lock.test.ts',
  'service/suspensions/suspensions.test.ts',
  'tests/log-keys/rotation.test.ts',
  'audit/log/log.test.ts',
]

/** Files that take half a minute or more, in which demos, which take much memory, alternate with others. */
const LONG = [
  'tests/audit-log/kill.test.ts',
  'tests/silence/silence.test.ts',
  'tests/pack/pack.test.ts',
  'tests/suspend/authority.test.ts',
  'tests/workers/workers.test.ts',
  'tests/hostile-client/planning.test.ts',
  'demo/istmo.test.ts',
  'tests/oversight/oversight.test.ts',
  'tests/operate/gateway.test.ts',
  'tests/conformance/leaks.test.ts',
  'tests/sync/command.test.ts',
  'tests/country-access/wrong-file.test.ts',
]

const FIRST = [LONGEST, ...MANY_LOGS, ...LONG].map((file) => join(import.meta.dirname, '..', file))

for (const file of FIRST) if (!existsSync(file)) throw new Error(`expected a test file; came ${file}: mend the list`)

/**
 * Begins with the unit tests, then with the files of many logs and the longest ones. On a fresh clone vitest begins with the largest files, and a long one
 * that is small would run by itself at the end, while the other workers have nothing to do.
 */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((left, right) => rankOf(left) - rankOf(right))
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  if (project.name === 'unit') return -1
  return FIRST.includes(moduleId) ? FIRST.indexOf(moduleId) : FIRST.length
}

/**
 * Begins with the tests of client libraries, and what else the world has a country stopped for. The other stories in a browser then start it
 * (tests/clients/world.ts).
 */
export class ClientsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turnOf = ({ moduleId }: TestSpecification) => {
      const turn = WHILE_STOPPED.findIndex((start) => moduleId.startsWith(join(import.meta.dirname, start)))
      return turn === -1 ? WHILE_STOPPED.length : turn
    }
    return (await super.sort(files)).toSorted((left, right) => turnOf(left) - turnOf(right))
  }
}

const WHILE_STOPPED = ['clients/', 'browser/silent-country.test.ts']
