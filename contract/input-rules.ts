import { IstmoError } from './errors.ts'

/**
 * Checks of arguments that the contract's SDL can only state in words, by the coordinate of the field. The gateway and the national
 * subgraph both make them. Each function checks the argument values and throws {@link IstmoError} `BAD_USER_INPUT` or
 * `SEARCH_TOO_WIDE`.
 */
export const INPUT_RULES: Readonly<Record<string, (values: Readonly<Record<string, unknown>>) => void>> = {
  'Query.dualCriminality': ({ countries }) => {
    if (Array.isArray(countries) && countries.length === 0) {
      throw new IstmoError('BAD_USER_INPUT', 'Query.dualCriminality(countries:) takes at least one country; came none')
    }
  },
  'Query.personHits': ({ search }) => {
    const { name, birthDate, identifier } = (search ?? {}) as Readonly<Record<string, unknown>>
    if (!(identifier || (name && birthDate))) throw new IstmoError('SEARCH_TOO_WIDE')
  },
  'Query.persons': ({ search }) => {
    if (Object.values(search ?? {}).every((value) => value === null || value === undefined)) {
      throw new IstmoError('BAD_USER_INPUT', 'Query.persons(search:) takes at least one criterion; came none')
    }
  },
}
