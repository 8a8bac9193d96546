/**
 * `bundle/<CC>`: what the gateway's operator gets, as a folder that fits beside those of other countries, whose files have the same names. It is made of the
 * other files each time, and nothing in it is secret.
 */
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { listPlaces } from '../../audit/shards/places.ts'
import { folderSource, readRotations } from '../../audit/verify/source.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { isPlainName } from '../../contract/probe.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { listFilesNamedIn } from '../../service/country-file-names.ts'
import { UsageError } from '../../service/usage-error.ts'
import { listCutOff } from '../../subgraphs/kit/cut-off.ts'
import { looksSecret } from '../probe/collect-bundle.ts'
import type { Answers } from './answers.ts'
import type { CountryFolder } from './folder.ts'
import type { PublicKeys } from './make-keys.ts'

/**
 * Writes the bundle: the country's file with the files that it names, the keys by which others know the country, and the SDL that counts for each domain.
 * If the key of the audit log was replaced, it has each proof of that, also one that the file does not name yet: witnesses need it too.
 * @returns those of the country's own files that do not end with a line break: they may be cut off.
 * @throws {ConfigError} if the country's file is wrong. @throws {UsageError} if the file names one with a secret, or one outside of its folder.
 */
export async function writeBundle(
  folder: CountryFolder,
  { country, witness: witnessUrl }: Pick<Answers, 'country' | 'witness'>,
  { vkey, nodeKey, witness }: PublicKeys,
): Promise<readonly string[]> {
  const file = folder.at(`rules/${country}.yaml`)
  const { domains } = await readCountryFile(file)
  const text = await readFile(file, 'utf8')
  const files = new Map([[`${country}.yaml`, text]])
  const own = [file]
  for (const { path, file: name } of listFilesNamedIn(text)) {
    if (!isPlainName(name))
      throw new UsageError(
        `${file}: ${path.join('.')}: expected a file beside it, without a folder; came ${name}. Copy the file there`,
      )
    own.push(resolve(dirname(file), name))
    files.set(name, await readFile(resolve(dirname(file), name), 'utf8'))
  }
  files.set('audit-log.vkey', `${vkey}\n`)
  files.set('node-key.txt', `${nodeKey}\n`)
  // A line as it stands in a trust policy (C2SP tlog-policy), for the authorities of the other countries.
  files.set('witness.policy', `witness ${country.toLowerCase()}-1 ${witness} ${witnessUrl}\n`)
  const proofs = await readProofs(folder.at('audit-log'))
  for (const [at, proof] of proofs.entries())
    if (![...files.values()].includes(proof)) files.set(`${country}.rotation-${at}`, proof)
  for (const [domain, { sdl }] of domains) files.set(`sdl/${domain}.graphql`, sdl ?? domainSdl(domain))
  for (const [name, content] of files) {
    if (looksSecret(content))
      throw new UsageError(
        `${file}: expected files for others only; came a secret in ${name}. Remove it from the country's file`,
      )
    await folder.renew(`bundle/${country}/${name}`, content)
  }
  return listCutOff(own)
}

/** Reads the proofs that the key of a log was replaced, oldest first. @param home the home of the log. */
async function readProofs(home: string): Promise<readonly string[]> {
  const proofs: string[] = []
  for (const { path } of await listPlaces(home)) {
    const rotations = await readRotations(folderSource(join(home, path)))
    proofs.push(...rotations.map(({ proof }) => proof))
  }
  return proofs
}
