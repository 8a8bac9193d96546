import { join } from 'node:path'

/** The files of the demo's home folder. Some survive a restart (`data`, `authorities`); others belong to one run (`run`). */
export interface Home {
  /** The folder itself. */
  readonly dir: string
  /** PGlite's folders, one for each country. */
  readonly data: string
  /** The login providers' private keys, readable only by their owner. */
  readonly providers: string
  /** The mandate authorities: a folder for each country with its keys, log and database (`demo/authority/authority-home.ts`). */
  readonly authorities: string
  /** The bundles of countries that were taken in with `--admit`, and what each needs of the demo (`demo/admitted.ts`). */
  readonly admitted: string
  /** The audit logs, the witnesses, their keys, and the trust policies (`demo/audit-log/trust.ts`). */
  readonly auditLog: string
  /** The demo's certificate authority, and the certificates that it issued (`demo/certificates.ts`). */
  readonly tls: string
  /** The certificate of that authority, in PEM. */
  readonly ca: string
  /** V8's compiled code of the modules that the child processes load. It makes a later start a fifth quicker. */
  readonly cache: string
  /** The mandates that a country's node has verified. */
  readonly mandates: (country: string) => string
  /** The key with which a country's node signs the ids that it gives. */
  readonly nodeKey: (country: string) => string
  /** What a node or the gateway keeps of suspensions, and where `istmo suspend --folder` puts a statement. `name`: the country's code, or `gateway`. */
  readonly suspensions: (name: string) => string
  /** The key with which a country or the gateway's operator suspends (`istmo suspend --key-file`). */
  readonly suspenderKey: (name: string) => string
  /** During the first start: the databases of PGlite that the others begin as copies of. */
  readonly prepared: string
  /** Written again at each start. */
  readonly run: string
  /** A file that the demo holds locked, with the kernel's lock, as long as it runs in this folder. */
  readonly lock: string
  /** The Unix socket to which `demo:stop` and `demo:start` send their commands. */
  readonly socket: string
  /** The gateway's port of this run, for the commands that ask the running demo. */
  readonly port: string
  /** The processes of this run, for the next start after a crash. */
  readonly pids: string
  /** The configuration of the participants with the ports of this run. */
  readonly countries: string
  /** The countries' own copies of their files, from which their nodes read. */
  readonly nodes: string
  /** The gateway's file of issuers, with the ports of this run. */
  readonly issuers: string
  /** The gateway's file of those who may suspend there. */
  readonly suspenders: string
  /** The output of the processes, one file each. */
  readonly logs: string
  /** The gateway's key for leg tokens, a private JWK. */
  readonly legKey: string
  /** Its public half as a JWKS, with which the nodes check leg tokens. */
  readonly legJwks: string
}

/** Returns the layout of the home folder `dir` (an absolute path). Creates no files. */
export function homeIn(dir: string): Home {
  const run = join(dir, 'run')
  return {
    dir,
    data: join(dir, 'data'),
    providers: join(dir, 'issuer'),
    authorities: join(dir, 'authorities'),
    admitted: join(dir, 'admitted'),
    auditLog: join(dir, 'audit-log'),
    tls: join(dir, 'tls'),
    ca: join(dir, 'tls/ca/ca.cert.pem'),
    cache: join(dir, 'cache'),
    mandates: (country) => join(dir, 'mandates', country),
    nodeKey: (country) => join(dir, 'node-keys', `${country}.jwk.json`),
    suspensions: (name) => join(dir, 'suspensions', name),
    suspenderKey: (name) => join(dir, 'suspenders', `${name}.jwk.json`),
    prepared: join(dir, 'prepared'),
    run,
    lock: join(run, 'lock.db'),
    socket: join(run, 'control.sock'),
    port: join(run, 'port'),
    pids: join(run, 'pids.json'),
    countries: join(run, 'countries'),
    nodes: join(run, 'nodes'),
    issuers: join(run, 'issuers.yaml'),
    suspenders: join(run, 'suspenders.yaml'),
    logs: join(run, 'log'),
    legKey: join(dir, 'leg-key.json'),
    legJwks: join(run, 'leg-jwks.json'),
  }
}
