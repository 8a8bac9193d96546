import { join } from 'node:path'

/** The files of the demo's home folder: what survives a restart (`data`, `issuer`) and what belongs to one run (`run`). */
export interface Home {
  /** The folder itself. */
  readonly dir: string
  /** PGlite's folders, one per country. */
  readonly data: string
  /** The development issuers' private keys, readable only by their owner. */
  readonly issuer: string
  /** The audit logs, the witnesses, their keys, and the trust policies (`demo/audit-log/trust.ts`). */
  readonly auditLog: string
  /** V8's compiled code of what the children load: a later start is a fifth quicker. */
  readonly cache: string
  /** Written anew at each start. */
  readonly run: string
  /** Held, by the kernel's lock, as long as a demo runs in this folder. */
  readonly lock: string
  /** The Unix socket that `demo:stop` and `demo:start` speak to. */
  readonly socket: string
  /** The processes of this run, for a next start that follows a crash. */
  readonly pids: string
  /** The configuration of the participants with the ports of this run. */
  readonly countries: string
  /** The gateway's file of issuers, with the ports of this run. */
  readonly issuers: string
  /** What the processes say, one file each. */
  readonly logs: string
  /** The gateway's key for leg tokens, a private JWK. */
  readonly legKey: string
  /** Its public half as a JWKS: what the nodes check leg tokens with. */
  readonly legJwks: string
}

/** The layout of the home folder `dir` (an absolute path); makes nothing. */
export function homeIn(dir: string): Home {
  const run = join(dir, 'run')
  return {
    dir,
    data: join(dir, 'data'),
    issuer: join(dir, 'issuer'),
    auditLog: join(dir, 'audit-log'),
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
