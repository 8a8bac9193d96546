/** What the console is told by the authority that serves it: whom it may talk to. */
import * as z from 'zod/mini'

/** The path of the settings, on the console's own origin. */
export const CONFIG_PATH = '/console/config.json'

// The page's policy evaluates no texts, and the browser would report the attempt.
z.config({ jitless: true })

const text = z.string('a text').check(z.minLength(1, 'a text'))
/** An address of http or https: `location.assign` would run a `javascript:` address. */
const address = text.check(
  z.refine((value) => /^https?:\/\/[^/]/.test(value) && URL.canParse(value), 'an address with http or https'),
)
const path = z.string('a path below /console/').check(z.regex(/^\/console\/[\w./-]+$/, 'a path below /console/'))
/** What may be left out: then it is null. */
const orNull = <Schema extends z.ZodMiniType>(schema: Schema) => z._default(z.nullable(schema), null)

const AUTHORITY = z.object(
  {
    issuer: text,
    /** The console's id at the authority. */
    clientId: text,
    tokenEndpoint: address,
    /** Where an officer's mandates are listed; null if the authority lists none, and the officer then must have exactly one. */
    mandatesEndpoint: orNull(address),
  },
  'an object',
)

const PROVIDER = z.object(
  {
    issuer: text,
    clientId: text,
    scope: text,
    authorizationEndpoint: address,
    tokenEndpoint: address,
    /** Where an officer is logged out; null if the provider has no such place. */
    endSessionEndpoint: orNull(address),
    /** Which of the provider's tokens the authority takes. */
    subjectToken: z.enum(['access_token', 'id_token'], 'access_token or id_token'),
    /** The parameter `resource` (RFC 8707); null for none. */
    resource: orNull(text),
  },
  'an object',
)

const OVERSIGHT = z.pipe(
  z.object(
    {
      /** The address of its GraphQL. */
      url: address,
      /** The address that an access token for it must name; by default the gateway's. */
      audience: orNull(address),
      /** Paths of the console's origin that have the country's own trust policy. */
      trustPolicy: z._default(z.union([z.array(path), path], 'paths below /console/'), []),
    },
    'an object',
  ),
  z.transform(({ url, audience, trustPolicy }) => {
    return { url, audience: audience ?? new URL(url).origin, trustPolicy: [trustPolicy].flat() }
  }),
)

const CONFIG = z.object(
  {
    version: z.literal(1, '1'),
    /** The country that serves the console: ISO 3166-1 alpha-2. */
    country: text,
    /** Whose console it is, and whom an officer calls who cannot sign in; null if the settings do not say. */
    institution: orNull(text),
    contact: orNull(text),
    authority: AUTHORITY,
    provider: PROVIDER,
    /** The path of the console's origin to which the provider sends an officer back. */
    redirectPath: path.check(z.regex(/^\/console\/[\w/-]+$/, 'a path below /console/')),
    /** The gateway's address without a path, exactly as its operator publishes it. */
    gateway: address,
    /** Where auditors ask; null if this console has no rooms for them. */
    oversight: orNull(OVERSIGHT),
    /** Where an export is noted before its file is made; null if this authority notes none. */
    exports: orNull(z.object({ url: address }, 'an object')),
    /** Whether this is a demonstration. Its records say themselves whether they are made up. */
    development: z.catch(z.boolean(), false),
  },
  'an object',
)

/** The settings of a console. */
export type ConsoleConfig = Readonly<Omit<z.infer<typeof CONFIG>, 'version'>>

/** The settings could not be read. The message says which member was expected and what came. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem'
}

/**
 * Reads the settings. Nothing is guessed: a console that talks to a wrong address would send an officer's login there.
 * @throws {ConfigProblem} that names the member.
 */
export function readConfig(body: unknown): ConsoleConfig {
  const read = CONFIG.safeParse(body, { reportInput: true })
  if (read.success) return read.data
  const [issue] = read.error.issues
  const place = issue?.path.filter((part) => typeof part === 'string').join('.') || 'config.json'
  const came = JSON.stringify(issue?.input)?.slice(0, 120) ?? 'nothing'
  throw new ConfigProblem(`${CONFIG_PATH}: expected ${place} to be ${issue?.message}; came ${came}`)
}
