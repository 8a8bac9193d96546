import { join } from 'node:path'

/** The files of one country's authority, below the folder of the authorities. All of them survive a restart. */
export interface AuthorityHome {
  readonly dir: string
  /** The settings of `istmo authority`, written again at each start, but for a section `reveal` that a person added. */
  readonly settings: string
  readonly clients: string
  readonly providers: string
  /** The trust policy with the witnesses that cosign its log, under the names that the settings use. */
  readonly trustPolicy: string
  /** The keys that sign its tokens. */
  readonly signingKeys: string
  readonly auditLog: string
  readonly auditLogKey: string
  readonly refKeys: string
  readonly database: string
  /** What it keeps of suspensions, and where `istmo suspend --folder` puts a statement. */
  readonly suspensions: string
  /** Settings of `istmo ask` for an officer of this country, written again at each start. */
  readonly ask: string
  /** Settings of `istmo console` for this country, written again at each start. */
  readonly console: string
  /** The folder of the private keys of the two persons who sign mandates. In reality each person keeps their own. */
  readonly persons: string
}

/** Returns the layout of the folder of `country` below `folder`. Makes no files. */
export function authorityHomeIn(folder: string, country: string): AuthorityHome {
  const dir = join(folder, country)
  return {
    dir,
    settings: join(dir, 'authority.yaml'),
    clients: join(dir, 'clients.yaml'),
    providers: join(dir, 'providers.yaml'),
    trustPolicy: join(dir, 'trust-policy'),
    signingKeys: join(dir, 'signing-keys.json'),
    auditLog: join(dir, 'audit-log'),
    auditLogKey: join(dir, 'audit-log.key'),
    refKeys: join(dir, 'refs.json'),
    database: join(dir, 'database'),
    suspensions: join(dir, 'suspensions'),
    ask: join(dir, 'ask.yaml'),
    console: join(dir, 'console.yaml'),
    persons: join(dir, 'persons'),
  }
}
