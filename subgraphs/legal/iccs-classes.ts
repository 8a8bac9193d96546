import { IstmoError } from '../../contract/errors.ts'
import { MAX_ICCS_CLASSES } from '../../contract/input-rules.ts'
import { allOf, compile, type Sql, sql } from '../kit/sql.ts'
import type { Reader } from '../kit/types.ts'

/** Which classes a question asks for. Null and absent do not restrict. At least one is given (contract/input-rules.ts). */
export interface IccsClassArguments {
  readonly codes?: readonly string[] | null
  readonly under?: string | null
  readonly search?: string | null
}

/** A class of the ICCS as the participant publishes it. */
export interface IccsClassRow {
  readonly code: string
  readonly level: number
  readonly parent: string | null
  readonly titleEn: string
  readonly titleEs: string
}

/**
 * Finds classes of the ICCS, in the order of the codes. A class must meet each argument that is given: it has one of the codes, its code
 * begins with `under` and is longer, and one of its titles has a word that begins with each word of `search`. Accents and capitals do
 * not matter.
 * @throws {IstmoError} `BAD_USER_INPUT` if more than 500 classes meet the arguments.
 */
export async function findIccsClasses(db: Reader, args: IccsClassArguments): Promise<readonly IccsClassRow[]> {
  const { text, params } = compile(sql`
    select i.code, i.level, i.parent, i.title_en as "titleEn", i.title_es as "titleEs" from reference.iccs_code i
    where ${allOf(conditionsOf(args))} order by i.code limit ${MAX_ICCS_CLASSES + 1}`)
  const classes = await db.query<IccsClassRow>(text, params)
  if (classes.length > MAX_ICCS_CLASSES) {
    throw new IstmoError(
      'BAD_USER_INPUT',
      `Query.iccsClasses finds at most ${MAX_ICCS_CLASSES} classes; came a question for more`,
    )
  }
  return classes
}

function conditionsOf({ codes, under, search }: IccsClassArguments): Sql[] {
  return [
    ...(codes ? [sql`i.code = any(${codes}::text[])`] : []),
    ...(under ? [sql`starts_with(i.code, ${under}::text) and i.code <> ${under}::text`] : []),
    ...(search ? [sql`${hasWords(sql`i.words_en`, search)} or ${hasWords(sql`i.words_es`, search)}`] : []),
  ]
}

/**
 * The condition that each word of `search` begins a word of a title. Folding leaves one space between two words.
 * @param words the column of the title's folded words. The search's are folded once for all rows.
 */
function hasWords(words: Sql, search: string): Sql {
  return sql`not exists (
    select from unnest((select array_agg(distinct ' ' || word)
      from unnest(string_to_array(istmo.fold(${search}::text), ' ')) as folded(word))) as wanted(word)
    where position(word in ${words}) = 0)`
}
