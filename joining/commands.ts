import { isCountryCode } from '../contract/country-code.ts'
import { commandsOf, matching } from '../service/command-texts.ts'

/** What the help of the commands of this folder says. */
export const JOINING_TEXTS = commandsOf(new URL('commands.yaml', import.meta.url), 'istmo')

/** An option whose value is the code of a country. */
export const COUNTRY = matching(isCountryCode)

/** An option whose value is the address of a PostgreSQL server, perhaps with a password. */
export const SERVER = { isSecret: true, ...matching(/^postgres(ql)?:\/\//) } as const
