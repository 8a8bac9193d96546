/** What the clients of a login provider know of it. Apart from its settings, which load the provider itself. */

/** `client_id` of the console, a page that runs in an officer's browser and can keep no secret. */
export const CONSOLE_CLIENT = 'istmo-console'

/** `client_id` of the command line, which may use the development login and nothing else. */
export const DEVELOPMENT_CLIENT = 'istmo-development'

/** The path of a provider's key set, below its address. */
export const JWKS_PATH = '/.well-known/jwks.json'

/** The grant type of the development login. */
export const DEVELOPMENT_GRANT = 'urn:istmo:grant-type:development-login'
