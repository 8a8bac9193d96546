/** What the console needs to know: the section `console` of the authority's settings, which the file of `istmo console` has too. */
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { LANGUAGES } from '../../contract/language.ts'
import { needed, optional, schemaOf, usually } from '../../service/file-settings.ts'

/** The folder of the console that comes with this version. */
const OWN_FILES = join(import.meta.dirname, '../../console/dist')

const printable = z.string().regex(/^[\x21-\x7E]{1,500}$/, 'expected printable ASCII characters without a space')

const shown = z.string().min(1).max(200).nullable()

const isHttp = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '')

/** An origin: scheme, host and port, as browsers write it. */
export const originSchema = z
  .string()
  .refine(
    (text) => isHttp(text) && new URL(text).origin === text,
    'expected the origin of an http or https address, such as https://istmo.example, without a slash at its end',
  )

const endpoint = z
  .string()
  .refine(
    (text) => isHttp(text) && !text.includes('#') && new URL(text).username === '',
    'expected an http or https address without «#»',
  )

const providerSchema = z.strictObject({
  /** The exact `iss` of its tokens. */
  issuer: z.string().min(1),
  authorizationEndpoint: endpoint,
  tokenEndpoint: endpoint,
  /** Where a browser is sent at the end of a session (OpenID Connect RP-Initiated Logout). */
  endSessionEndpoint: endpoint.nullable().default(null),
  /** The console's `client_id` at the provider. */
  client: printable,
  /** Scopes, separated by a space. */
  scope: z.string().min(1).default('openid'),
  /** Which of the provider's tokens the console shows to the authority. */
  subjectToken: z.enum(['access_token', 'id_token']).default('access_token'),
  /** The parameter `resource` (RFC 8707), for a provider that gives tokens for the authority only with it. */
  resource: z.string().min(1).nullable().default(null),
})

const oversightSchema = z.strictObject({
  /** The address of the auditors' GraphQL, with its path. */
  url: endpoint,
  /** The audience of the access tokens that it takes. Default: the address of `url` without its path. */
  audience: printable.optional(),
  /** Trust policies (C2SP tlog-policy) by which an auditor's browser checks proofs: so it has them from the auditor's own country, and not from oversight. */
  trustPolicies: z.array(z.string().min(1)).default([]),
})

/** What each setting of the section means. */
export const CONSOLE_SETTINGS = {
  files: optional(z.string().min(1), 'folder of the built console', 'the one that comes with this version'),
  institution: usually(shown, 'institution that the page before the sign-in names', null, 'none'),
  contact: usually(shown, 'whom an officer calls who cannot sign in: a name, a number, an address', null, 'none'),
  client: usually(printable, 'the console’s id in the authority’s file of clients', 'console'),
  gateway: needed(originSchema, 'the gateway’s address without a path, exactly as its operator publishes it'),
  oversight: usually(
    oversightSchema.nullable(),
    '{ url, audience, trustPolicies } of the auditors’ GraphQL: its address with its path, the audience of its tokens (by default the ' +
      'address without the path), and the files of the trust policies by which a browser checks proofs',
    null,
    'none: no rooms for auditors',
  ),
  provider: needed(
    providerSchema,
    '{ issuer, authorizationEndpoint, tokenEndpoint, endSessionEndpoint, client, scope, subjectToken, resource } of the login provider, ' +
      'as a browser reaches it (docs/authority.md)',
  ),
  languages: usually(
    z.array(z.enum(LANGUAGES)).min(1),
    'languages that officers may choose, the first one first',
    ['es', 'en'],
    'es, en',
  ),
}

/** The section `console`. */
export const consoleSchema = schemaOf(CONSOLE_SETTINGS)

/** The settings of the console. `files` is an absolute path. */
export type ConsoleSettings = Readonly<z.infer<typeof consoleSchema> & { readonly files: string }>

/** Makes the paths of files absolute. `from`: the folder of the settings' file. */
export function locateConsole(settings: z.infer<typeof consoleSchema>, from: string): ConsoleSettings {
  const { files, oversight } = settings
  const trustPolicies = oversight?.trustPolicies.map((file) => resolve(from, file)) ?? []
  return {
    ...settings,
    files: files === undefined ? OWN_FILES : resolve(from, files),
    oversight: oversight === null ? null : { ...oversight, trustPolicies },
  }
}
