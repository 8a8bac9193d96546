import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeKeys } from '../../cli/keys.ts'
import { readSuspenderKey } from '../../cli/sign-suspension.ts'
import type { Suspender } from '../../contract/trust/suspension.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Home } from '../home.ts'

/**
 * Reads the key with which `name` suspends, and makes it if there is no file, as `istmo keys NAME --suspender` does.
 * Only one process may do so at a time.
 * @returns what is public of it.
 * @throws {UsageError} if the file holds anything else.
 */
export async function loadSuspender({ suspenderKey }: Pick<Home, 'suspenderKey'>, name: string): Promise<Suspender> {
  const path = suspenderKey(name)
  if (!existsSync(path)) await makeKeys([name, '--suspender', dirname(path)], Date.now())
  try {
    const { key } = await readSuspenderKey(path)
    return { name, key }
  } catch (cause) {
    const message = `${path}: expected a key of somebody who may suspend; came something else. Remove it to get a new key`
    throw new UsageError(message, { cause })
  }
}
