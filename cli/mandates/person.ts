import { setTimeout as sleep } from 'node:timers/promises'
import { findPersonEntry } from '../../authority/mandates/replay.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { handIn } from './hand-in.ts'
import type { MandatesIo } from './io.ts'
import { AUTHORITY_OPTIONS } from './options.ts'

/** The authority publishes an entry within a second or two. How often, and how many times, the command looks. */
const LOOK_EVERY_MS = 200
const MAX_LOOKS = 50

const PERSON = {
  name: 'istmo mandates person',
  description:
    'Prints the salted hash by which mandates name a person, and the id of its entry in the authority’s log. With this id, `istmo audit erase` erases the ' +
    'salt: nobody can then tell whose hash it is, and the person gets no token by it. Whoever has no hash yet gets one.',
  arguments: { subject: { meaning: 'the person’s subject at the login provider' } },
  options: AUTHORITY_OPTIONS,
} as const satisfies CommandSpec

/** Runs `istmo mandates person`. Resolves to the exit code. */
export function runPerson(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    PERSON,
    args,
    async ({ subject, authority, token }) => {
      const { persons = [] } = await handIn({ authority, token }, { act: 'name', subjects: [subject] }, io.now)
      const hash = persons[1] ?? ''
      for (let look = 0; look < MAX_LOOKS; look++) {
        const id = await findPersonEntry(authority, hash)
        if (id !== undefined) return void io.out.write(`${hash}  ${id}\n`)
        await sleep(LOOK_EVERY_MS)
      }
      throw new Error(`expected the entry of ${hash} in the log; it was not published in time. Try again`)
    },
    io,
  )
}
