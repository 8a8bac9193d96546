/**
 * Whom a reader of the demo's audit logs must trust: the keys of the logs and of the witnesses, and the trust policies that name
 * these keys (C2SP tlog-policy). The first start of the demo makes the keys; later starts use them again.
 */
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { generateSignerKey, type NoteVerifier, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { describeUnsafeQuorum, parsePolicy } from '../../audit/note/policy.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { DEMO_COUNTRIES, WITNESS_NAMES, witnessPort } from '../countries.ts'

/** Returns the layout of the folder of the audit logs: their files, all of which survive a restart. Makes no files. */
export function auditLogHomeIn(folder: string) {
  const key = (name: string) => join(folder, 'keys', `${name}.key`)
  const refKeys = (name: string) => join(folder, 'keys', `${name}.refs.json`)
  return {
    /** The folder of the gateway’s audit log: its log, its salts and its content store. */
    gatewayAuditLog: join(folder, 'gateway'),
    /** The gateway's signer key; its origin is `istmo.example/gateway`. */
    gatewayKey: key('gateway'),
    /** The keys of its pseudonyms. */
    gatewayRefKeys: refKeys('gateway'),
    /** The folder of a country’s own audit log. */
    nodeAuditLog: (country: string) => join(folder, country),
    /** A country's signer key; its origin is `istmo.example/hn`. */
    nodeKey: key,
    /** The keys of a country’s pseudonyms. */
    nodeRefKeys: refKeys,
    /** The folder of what a witness remembers. */
    witnessFolder: (name: string) => join(folder, 'witnesses', name),
    /** A witness' signer key. */
    witnessKey: (name: string) => key(`witness-${name}`),
    /** The settings of a witness (`istmo witness --config`). */
    witnessConfig: (name: string) => join(folder, 'witnesses', `${name}.yaml`),
    /** The settings of the auditors' GraphQL (`demo/supervisor/run-files.ts`), and what they name. */
    oversightFile: join(folder, 'oversight.yaml'),
    oversightIssuers: join(folder, 'oversight-issuers.yaml'),
    oversightAuditLog: join(folder, 'oversight'),
    oversightKey: key('oversight'),
    oversightRefKeys: refKeys('oversight'),
    oversightIndex: join(folder, 'index'),
    /** The trust policy for the auditors' own log, with its witnesses. Oversight takes its checkpoints to them (`trustPolicy`). */
    oversightPolicy: join(folder, 'oversight-policy'),
    /**
     * The trust policy for the gateway's log. Any three of four witnesses are enough: one may be silent, and one that is captured cannot
     * have history rewritten, because any two quorums share another one.
     */
    policy: join(folder, 'policy'),
    /** The trust policy for the countries', the authorities' and the auditors' logs. It names and demands no witnesses. */
    nationalPolicy: join(folder, 'national-policy'),
  }
}

/**
 * Makes the keys that do not exist yet (mode 0600), and writes the trust policies with the addresses of this run.
 * @param authorityLogs the verifier keys of the authorities' logs. The witnesses also watch these logs, and that of oversight.
 * @returns a sentence for the operator if the trust policy of an earlier version was replaced, because one captured witness broke it
 */
export async function writeTrust(
  folder: string,
  basePort: number,
  authorityLogs: readonly string[] = [],
): Promise<string | undefined> {
  const home = auditLogHomeIn(folder)
  await mkdir(join(folder, 'keys'), { recursive: true, mode: 0o700 })
  await mkdir(join(folder, 'witnesses'), { recursive: true, mode: 0o700 })
  const replaced = await putAsideUnsafe(home.policy)
  const { ed25519 } = SIGNATURE_TYPES
  const gateway = await loadNoteKey(home.gatewayKey, 'istmo.example/gateway', ed25519)
  await makeRefKeys(home.gatewayRefKeys)
  const oversight = await loadNoteKey(home.oversightKey, 'istmo.example/oversight', ed25519)
  await makeRefKeys(home.oversightRefKeys)
  const nodes: NoteVerifier[] = []
  for (const country of DEMO_COUNTRIES) {
    await makeRefKeys(home.nodeRefKeys(country))
    nodes.push(await loadNoteKey(home.nodeKey(country), `istmo.example/${country.toLowerCase()}`, ed25519))
  }
  for (const name of WITNESS_NAMES) {
    const port = witnessPort(basePort, name)
    const settings = { key: home.witnessKey(name), folder: home.witnessFolder(name), policy: home.policy, port }
    const logs = [oversight.vkey, ...authorityLogs]
    await writeFile(home.witnessConfig(name), stringify({ ...settings, logs, host: '127.0.0.1' }))
  }
  const witnesses = await witnessLines(folder, basePort)
  // Any two sets of so many share two witnesses (docs/decisions/0044).
  const fewest = Math.ceil(WITNESS_NAMES.length / 2) + 1
  const quorum = [`group most ${fewest} ${WITNESS_NAMES.join(' ')}`, 'quorum most']
  await writeLines(home.policy, [`log ${gateway.vkey}`, ...witnesses, ...quorum])
  await writeLines(home.oversightPolicy, [`log ${oversight.vkey}`, ...witnesses, ...quorum])
  const own = [...[...nodes, oversight].map(({ vkey }) => vkey), ...authorityLogs].map((vkey) => `log ${vkey}`)
  await writeLines(home.nationalPolicy, [...own, 'quorum none'])
  return replaced
}

/** Returns the lines of a trust policy that name the witnesses of the demo, with the addresses of this run. Makes keys that do not exist. */
export async function witnessLines(folder: string, basePort: number): Promise<readonly string[]> {
  return Promise.all(
    WITNESS_NAMES.map(async (name) => {
      return `witness ${name} ${await witnessVerifierKey(folder, name)} http://127.0.0.1:${witnessPort(basePort, name)}/`
    }),
  )
}

/** Reads the verifier key of a witness, and makes its key if there is none. */
export async function witnessVerifierKey(folder: string, name: string): Promise<string> {
  const path = auditLogHomeIn(folder).witnessKey(name)
  return (await loadNoteKey(path, `witness.example/${name.toLowerCase()}`, SIGNATURE_TYPES.cosignature)).vkey
}

/** Renames a trust policy that one captured witness breaks. The keys in it stay, so its logs and witnesses go on. */
async function putAsideUnsafe(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  const unsafe = text === undefined ? undefined : describeUnsafeQuorum(parsePolicy(text))
  if (unsafe === undefined) return undefined
  await rename(path, `${path}.old`)
  return (
    `The trust policy of the audit logs was replaced, because ${unsafe}. The logs and the witnesses keep their keys and go on; ` +
    `the earlier trust policy is ${path}.old.`
  )
}

/** Reads a signer key, and makes it if there is no file. @returns its verifier. */
export async function loadNoteKey(path: string, name: string, type: Parameters<typeof generateSignerKey>[1]) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // `wx` fails if the file exists. So a key is made once, and what it signed stays verifiable.
  await writeFile(path, `${generateSignerKey(name, type)}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    },
  )
  await chmod(path, 0o600)
  return readVerifier(path)
}

/** Begins the first epoch of a key file that does not exist yet. */
export async function makeRefKeys(path: string): Promise<void> {
  if (!existsSync(path)) await rotateKeyFile(path, Date.now())
}

/** Reads the verifier key of a country's own log, for the country's file. */
export async function nodeVerifierKey(folder: string, country: string): Promise<string> {
  return readVerifierKey(auditLogHomeIn(folder).nodeKey(country))
}

/** Reads the verifier key of a file with a signer key. */
export async function readVerifierKey(keyFile: string): Promise<string> {
  return (await readVerifier(keyFile)).vkey
}

async function readVerifier(keyFile: string): Promise<NoteVerifier> {
  return parseSignerKey((await readFile(keyFile, 'utf8')).trim()).verifier
}

async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  await writeFile(path, `${lines.join('\n')}\n`)
}
