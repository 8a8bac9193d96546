/**
 * Returns the environment of this process, for the commands that bring a country in and keep its node. No other file of `joining/` reads it: a command
 * takes it here once, and passes on what it needs.
 */
export function joiningEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env
}
