/** The paths of a console at its origin. */

/** What it is served below. */
export const CONSOLE_PATH = '/console/'

/** What its pages are told before anybody signs in. */
export const CONFIG_PATH = `${CONSOLE_PATH}config.json`

/** Where the login provider sends a browser back to. It is registered there, character by character. */
export const REDIRECT_PATH = `${CONSOLE_PATH}signed-in`

/** The mandates of an officer, which only the authority knows. */
export const MANDATES_PATH = `${CONSOLE_PATH}mandates`

/** The trust policies of the settings, by their places in the list. */
export const POLICIES_PATH = `${CONSOLE_PATH}trust-policy/`

/** Where a tool says what it is about to write into a file. */
export const EXPORTS_PATH = `${CONSOLE_PATH}exports`
