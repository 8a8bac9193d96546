/** The keys with which the demo's two persons of each country sign mandates, in the files of `istmo mandates`. */
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeKeyFile, readKeyFile } from '../../cli/mandates/key-file.ts'
import type { SignerName } from '../provider/officers.ts'
import type { AuthorityHome } from './authority-home.ts'

/**
 * Returns the file of a person's key. An authority knows a person by the name of the login provider, which is its address in the demo. So with other
 * ports these are other persons, and each person has a key of their own.
 */
export function personKey({ persons }: AuthorityHome, signer: SignerName, basePort: number): string {
  return join(persons, `${signer}-${basePort}.json`)
}

/** Makes the keys of both persons that do not exist yet. */
export async function makePersonKeys(place: AuthorityHome, basePort: number): Promise<void> {
  await mkdir(place.persons, { recursive: true, mode: 0o700 })
  for (const signer of ['drafter', 'approver'] as const) {
    const file = personKey(place, signer, basePort)
    if ((await readKeyFile(file)) === undefined) await makeKeyFile(file, 'Ed25519', undefined)
  }
}

/** Returns the thumbprints of all approvers that this home has had. Mandates of each of them may be in force. */
export async function approverThumbprints({ persons }: AuthorityHome): Promise<readonly string[]> {
  const files = (await readdir(persons)).filter((name) => /^approver-\d+\.json$/.test(name)).sort()
  const keys = await Promise.all(files.map((name) => readKeyFile(join(persons, name))))
  return keys.flatMap((key) => key?.kid ?? [])
}
