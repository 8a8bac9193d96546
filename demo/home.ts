import { readFileSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { z } from 'zod'

/** Returns the layout of the home folder `dir` (an absolute path). Creates no files. */
export function homeIn(dir: string) {
  const run = join(dir, 'run')
  return {
    /** The folder itself. */
    dir,
    /** PGlite's folders, one for each country. */
    data: join(dir, 'data'),
    /** The login providers' private keys, readable only by their owner. */
    providers: join(dir, 'issuer'),
    /** The mandate authorities: a folder for each country with its keys, log and database (`demo/authority/authorities.ts`). */
    authorities: join(dir, 'authorities'),
    /** The bundles of countries that were taken in with `--admit`, and what each needs of the demo (`demo/admitted.ts`). */
    admitted: join(dir, 'admitted'),
    /** The audit logs, the witnesses, their keys, and the trust policies (`demo/audit-log/trust.ts`). */
    auditLog: join(dir, 'audit-log'),
    /** The demo's certificate authority, and the certificates that it issued (`demo/certificates.ts`). */
    tls: join(dir, 'tls'),
    /** The certificate of that authority, in PEM. */
    ca: join(dir, 'tls/ca/ca.cert.pem'),
    /** V8's compiled code of the modules that the child processes load. It makes a later start a fifth quicker. */
    cache: join(dir, 'cache'),
    /** The mandates that a country's node has verified. */
    mandates: (country: string) => join(dir, 'mandates', country),
    /** The key with which a country's node signs the ids that it gives. */
    nodeKey: (country: string) => join(dir, 'node-keys', `${country}.jwk.json`),
    /** What a node or the gateway keeps of suspensions, and where `istmo suspend --folder` puts a statement. `name`: the country's code, or `gateway`. */
    suspensions: (name: string) => join(dir, 'suspensions', name),
    /** The key with which a country or the gateway's operator suspends (`istmo suspend --key-file`). */
    suspenderKey: (name: string) => join(dir, 'suspenders', `${name}.jwk.json`),
    /** During the first start: the databases of PGlite that the others begin as copies of. */
    prepared: join(dir, 'prepared'),
    /** Written again at each start. */
    run,
    /** A file that the demo holds locked, with the kernel's lock, as long as it runs in this folder. */
    lock: join(run, 'lock.db'),
    /** The Unix socket to which `demo:stop` and `demo:start` send their commands. */
    socket: join(run, 'control.sock'),
    /** The gateway's port of this run, for the commands that ask the running demo. */
    port: join(run, 'port'),
    /** The processes of this run, for the next start after a crash. */
    pids: join(run, 'pids.json'),
    /** The configuration of the participants with the ports of this run. */
    countries: join(run, 'countries'),
    /** The countries' own copies of their files, from which their nodes read. */
    nodes: join(run, 'nodes'),
    /** The gateway's file of issuers, with the ports of this run. */
    issuers: join(run, 'issuers.yaml'),
    /** The gateway's file of those who may suspend there. */
    suspenders: join(run, 'suspenders.yaml'),
    /** What the gateway's first page says. */
    landing: join(run, 'landing.yaml'),
    /** The output of the processes, one file each. */
    logs: join(run, 'log'),
    /** The gateway's key for leg tokens, a private JWK. */
    legKey: join(dir, 'leg-key.json'),
    /** Its public half as a JWKS, with which the nodes check leg tokens. */
    legJwks: join(run, 'leg-jwks.json'),
  }
}

/** The files of the demo's home folder. Some survive a restart (`data`, `authorities`); others belong to one run (`run`). */
export type Home = Readonly<ReturnType<typeof homeIn>>

/** Reads data of the demo from a YAML file beside the code. @throws {z.ZodError} if it has another form. */
export function readData<Schema extends z.ZodType>(file: URL, schema: Schema): z.output<Schema> {
  return schema.parse(parse(readFileSync(file, 'utf8')))
}

/** Writes a file in YAML that only its owner can read, with its folder. */
export async function writeYaml(file: string, value: object): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, stringify(value), { mode: 0o600 })
  await chmod(file, 0o600)
}
