import type { OptionSpec } from '../../service/command-spec.ts'
import { UsageError } from '../../service/usage-error.ts'
import { type CommandPlace, DATABASE_OPTIONS, type DatabasePlace } from '../decisions/own-database.ts'
import { type IccsCode, LIST_NAME, readClassificationFile, readClassificationTable } from './read-classification.ts'

/** The options that say where the list of codes is. */
export const CLASSIFICATION_OPTIONS = {
  data: {
    flag: 'data',
    value: 'path',
    expected: 'the path of a file or folder',
    meaning: `the list of codes: a CSV file with code, title_en and title_es, or the folder with ${LIST_NAME}`,
  },
  ...DATABASE_OPTIONS,
} as const satisfies Readonly<Record<string, OptionSpec>>

/**
 * Reads the list of codes from the place that a command line names.
 * @throws {UsageError} if it names none or several, or if there is no list.
 */
export async function readClassification(
  { data, ...place }: DatabasePlace & { readonly data: string | undefined },
  withDatabase: CommandPlace['withDatabase'],
): Promise<readonly IccsCode[]> {
  if (data === undefined) {
    if (place.databaseUrl !== undefined || place.databaseFolder !== undefined)
      return withDatabase(place, readClassificationTable)
    throw new UsageError(
      'expected the list of codes: --data, or the node’s --database-url or --database-folder; came none',
    )
  }
  return readClassificationFile(data)
}
