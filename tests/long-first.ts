/** The order in which vitest begins test files. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take half a minute or more, in which demos, which take much memory, alternate with others. */
const LONG = [
  'tests/demo/demo.test.ts',
  'tests/tampering/tampering.test.ts',
  'tests/audit-log/kill.test.ts',
  'tests/silence/silence.test.ts',
  'tests/pack/pack.test.ts',
  'tests/suspend/authority.test.ts',
  'tests/demo/admitted.test.ts',
  'tests/workers/workers.test.ts',
  'tests/tampering/readings.test.ts',
  'tests/hostile-client/planning.test.ts',
  'demo/istmo.test.ts',
  'tests/oversight/oversight.test.ts',
  'tests/audit-cli/prune.test.ts',
  'tests/operate/gateway.test.ts',
  'tests/conformance/leaks.test.ts',
  'tests/audit/inbox/inbox.test.ts',
  'tests/sync/command.test.ts',
  'tests/country-access/wrong-file.test.ts',
].map((file) => join(import.meta.dirname, '..', file))

for (const file of LONG)
  if (!existsSync(file)) throw new Error(`expected a long test file; came ${file}: mend the list`)

/**
 * Begins with the unit tests and then with the longest files. On a fresh clone vitest begins with the largest files, and a long one that is small
 * would run by itself at the end, while the other workers have nothing to do.
 */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((left, right) => rankOf(left) - rankOf(right))
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  if (project.name === 'unit') return -1
  return LONG.includes(moduleId) ? LONG.indexOf(moduleId) : LONG.length
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
