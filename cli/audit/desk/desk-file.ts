import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { readYamlFile } from '../../../service/yaml-file.ts'

/** The file in a desk's folder that says what the desk has. */
export const DESK_FILE = 'audit.yaml'

const PATH = z.string().min(1).max(4_096)

/** The form of a desk's file. Paths are below the desk's folder unless they are absolute. */
const DESK = z.strictObject({
  /** Who reads at this desk, as the office knows the person: a staff number or a user name. It stands in each entry of a reading. */
  reader: z.string().min(1).max(200),
  /** The desk's own log, in which each reading becomes an entry. */
  ownLog: PATH,
  /** The signer key of the desk's own log. */
  ownKey: PATH,
  /** The trust policies under which the desk reads logs. */
  policies: z.array(PATH).default([]),
})

/** A desk: what an auditor would otherwise have to name in each command. Paths are absolute or relative to the working folder. */
export type Desk = z.output<typeof DESK>

/** The desk that commands use if none is named: a folder of the user. */
export function defaultDesk(): string {
  return join(homedir(), '.config', 'istmo', 'desk')
}

/** Reads a desk's file. Rejects with a ConfigError that names the file and what was expected. */
export async function readDesk(folder: string): Promise<Desk> {
  const file = join(folder, DESK_FILE)
  const desk = await readYamlFile(file, DESK, { remedy: '`istmo audit desk` makes such a folder.' })
  const below = (path: string): string => (isAbsolute(path) ? path : join(folder, path))
  return { ...desk, ownLog: below(desk.ownLog), ownKey: below(desk.ownKey), policies: desk.policies.map(below) }
}
