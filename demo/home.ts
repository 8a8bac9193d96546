import { join } from 'node:path'

/** The files of the demo's home folder. Some survive a restart (`data`, `issuer`); others belong to one run (`run`). */
export interface Home {
  /** The folder itself. */
  readonly dir: string
  /** PGlite's folders, one for each country. */
  readonly data: string
  /** The development issuers' private keys, readable only by their owner. */
  readonly issuer: string
  /** The audit logs, the witnesses, their keys, and the trust policies (`demo/audit-log/trust.ts`). */
  readonly auditLog: string
  /** The demo's certificate authority, and the certificates that it issued (`demo/certificates.ts`). */
  readonly tls: string
  /** V8's compiled code of the modules that the child processes load. It makes a later start a fifth quicker. */
  readonly cache: string
  /** Written again at each start. */
  readonly run: string
  /** A file that the demo holds locked, with the kernel's lock, as long as it runs in this folder. */
  readonly lock: string
  /** The Unix socket to which `demo:stop` and `demo:start` send their commands. */
  readonly socket: string
  /** The processes of this run, for the next start after a crash. */
  readonly pids: string
  /** The configuration of the participants with the ports of this run. */
  readonly countries: string
  /** The gateway's file of issuers, with the ports of this run. */
  readonly issuers: string
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
    issuer: join(dir, 'issuer'),
    auditLog: join(dir, 'audit-log'),
    tls: join(dir, 'tls'),
    cache: join(dir, 'cache'),
    run,
    lock: join(run, 'lock.db'),
    socket: join(run, 'control.sock'),
    pids: join(run, 'pids.json'),
    countries: join(run, 'countries'),
    issuers: join(run, 'issuers.yaml'),
    logs: join(run, 'log'),
    legKey: join(run, 'leg-key.json'),
    legJwks: join(run, 'leg-jwks.json'),
  }
}
