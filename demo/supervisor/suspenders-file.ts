import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { GATEWAY_NAME } from '../authority/authorities.ts'
import type { Home } from '../home.ts'
import { loadSuspenderKey } from './suspender-key.ts'

/** Writes the gateway's file of suspenders: its operator, under the gateway's own name. Makes the operator's key if there is none. */
export async function writeSuspendersFile({ suspenders, suspenderKey }: Home): Promise<void> {
  const operator = await loadSuspenderKey(suspenderKey(GATEWAY_NAME), GATEWAY_NAME)
  await writeFile(suspenders, stringify({ suspenders: [operator] }))
}
