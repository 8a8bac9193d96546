import { join } from 'node:path'

/** Returns the layout of the folder of `country` below `folder`. Makes no files. */
export function authorityHomeIn(folder: string, country: string) {
  const dir = join(folder, country)
  return {
    dir,
    /** The settings of `istmo authority`, written again at each start, but for a section `reveal` that a person added. */
    settings: join(dir, 'authority.yaml'),
    clients: join(dir, 'clients.yaml'),
    providers: join(dir, 'providers.yaml'),
    /** The trust policy with the witnesses that cosign its log, under the names that the settings use. */
    trustPolicy: join(dir, 'trust-policy'),
    /** The keys that sign its tokens. */
    signingKeys: join(dir, 'signing-keys.json'),
    auditLog: join(dir, 'audit-log'),
    auditLogKey: join(dir, 'audit-log.key'),
    refKeys: join(dir, 'refs.json'),
    database: join(dir, 'database'),
    /** What it keeps of suspensions, and where `istmo suspend --folder` puts a statement. */
    suspensions: join(dir, 'suspensions'),
    /** Settings of `istmo ask` for an officer of this country, written again at each start. */
    ask: join(dir, 'ask.yaml'),
    /** Settings of `istmo console` for this country, written again at each start. */
    console: join(dir, 'console.yaml'),
    /** The folder of the private keys of the two persons who sign mandates. In reality each person keeps their own. */
    persons: join(dir, 'persons'),
  }
}

/** The files of one country's authority, below the folder of the authorities. All of them survive a restart. */
export type AuthorityHome = Readonly<ReturnType<typeof authorityHomeIn>>
