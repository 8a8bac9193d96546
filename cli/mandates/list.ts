import { listFromLog } from '../../authority/mandates/replay.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import type { MandatesIo } from './io.ts'
import { AUTHORITY_OPTIONS } from './options.ts'

const STATES = ['DRAFTED', 'APPROVED', 'REVOKED', 'EXPIRED'] as const

const LIST = {
  name: 'istmo mandates list',
  description:
    'Lists the mandates in the log of an authority, which may be running: the state, the last day, the hash, the task force, the countries, and the officers (posts, ' +
    'and persons by their salted hash).',
  options: {
    authority: { ...AUTHORITY_OPTIONS.authority, meaning: 'the audit log of the authority (auditLog in its settings)' },
    state: {
      flag: 'state',
      value: 'state',
      expected: `one of ${STATES.join(', ')}`,
      meaning: 'list only mandates in this state',
      parse: (text: string) => STATES.find((each) => each === text),
    },
    json: { flag: 'json', value: null, meaning: 'print one JSON document a line, with the whole mandate' },
  },
} as const satisfies CommandSpec

/** Runs `istmo mandates list`. Resolves to the exit code. */
export function runList(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    LIST,
    args,
    async ({ authority, state, json }) => {
      const all = await listFromLog(authority, io.now())
      for (const mandate of all.filter((each) => state === undefined || each.state === state)) {
        const { hash, document } = mandate
        const line = [
          mandate.state.padEnd(8),
          document.not_after,
          hash,
          document.task_force,
          document.countries.join(','),
          document.officers.map((each) => ('hash' in each ? each.hash : `${each.agency}/${each.role}`)).join(','),
        ]
        io.out.write(`${json ? JSON.stringify(mandate) : line.join('  ')}\n`)
      }
    },
    io,
  )
}
